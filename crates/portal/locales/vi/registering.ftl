# Made by a machine from the English texts; to be read by a speaker of the language before it is relied on.

register-help = Dành cho người chưa có tên đăng nhập. Bạn nhận được ngay và dùng nó để đăng ký doanh nghiệp; khi hải quan chấp thuận, bạn là quản trị viên đầu tiên.
register-code-hint = Mười ký tự của hải quan, hoặc mười tám ký tự của mã tín dụng xã hội thống nhất
register-role = Vai trò
register-name = Tên của bạn
register-password-hint = Từ 12 ký tự trở lên, không chứa mã hoặc tên của bạn
register-again = Nhập lại mật khẩu
register-not-the-same = hai lần cùng một mật khẩu
register-send = Đăng ký
register-have = Bạn đã có tên đăng nhập?
registered-done = Bạn đã đăng ký. Tên đăng nhập của bạn:
registered-note-login = Hãy ghi lại tên đăng nhập: chỉ hiện một lần này.
registered-sign-in = Đăng nhập và đăng ký doanh nghiệp
registered-wait = Hải quan quyết định; tình trạng có trên trang đơn của bạn.
fault-here = Nội dung này chưa đúng yêu cầu.
party-code = Mã doanh nghiệp
role-platform = sàn thương mại điện tử
role-merchant = doanh nghiệp thương mại điện tử
role-payment = tổ chức thanh toán
role-logistics = hãng vận chuyển
role-agent = đại lý khai báo
role-site-operator = đơn vị quản lý địa điểm
role-guarantor = đơn vị bảo lãnh
role-agency = cơ quan nhà nước
role-bank = ngân hàng
role-express = hãng chuyển phát hoặc bưu chính
