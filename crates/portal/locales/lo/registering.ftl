# Made by a machine from the English texts; to be read by a speaker of the language before it is relied on.

register-help = ສຳລັບຜູ້ທີ່ຍັງບໍ່ມີຊື່ຜູ້ໃຊ້ ທ່ານໄດ້ຮັບທັນທີ ແລະ ໃຊ້ມັນຂຶ້ນທະບຽນໜ່ວຍງານ ເມື່ອພາສີອະນຸມັດ ທ່ານເປັນຜູ້ດູແລຄົນທຳອິດ
register-code-hint = ລະຫັດພາສີສິບຕົວ ຫຼື ລະຫັດສິນເຊື່ອສັງຄົມລວມສິບແປດຕົວ
register-role = ບົດບາດ
register-name = ຊື່ຂອງທ່ານ
register-password-hint = 12 ຕົວອັກສອນຂຶ້ນໄປ ບໍ່ແມ່ນລະຫັດ ຫຼື ຊື່ຂອງທ່ານ
register-again = ລະຫັດຜ່ານອີກຄັ້ງ
register-not-the-same = ລະຫັດຜ່ານດຽວກັນສອງຄັ້ງ
register-send = ລົງທະບຽນ
register-have = ມີຊື່ຜູ້ໃຊ້ແລ້ວບໍ່
registered-done = ລົງທະບຽນແລ້ວ ຊື່ຜູ້ໃຊ້ຂອງທ່ານແມ່ນ
registered-note-login = ກະລຸນາຈົດຊື່ຜູ້ໃຊ້ໄວ້ ສະແດງຄັ້ງນີ້ຄັ້ງດຽວ
registered-sign-in = ເຂົ້າສູ່ລະບົບ ແລະ ຂຶ້ນທະບຽນໜ່ວຍງານ
registered-wait = ພາສີເປັນຜູ້ຕັດສິນ ເບິ່ງຄວາມຄືບໜ້າໄດ້ທີ່ໜ້າຄຳຮ້ອງຂອງທ່ານ
fault-here = ຂໍ້ມູນນີ້ບໍ່ເປັນໄປຕາມທີ່ກຳນົດ
party-code = ລະຫັດໜ່ວຍງານ
role-platform = ແພລດຟອມອີຄອມເມີຊ
role-merchant = ຜູ້ຂາຍອີຄອມເມີຊ
role-payment = ຜູ້ໃຫ້ບໍລິການຊຳລະເງິນ
role-logistics = ຜູ້ຂົນສົ່ງ
role-agent = ຕົວແທນແຈ້ງ
role-site-operator = ຜູ້ດູແລສະຖານທີ່ກວດ
role-guarantor = ຜູ້ຄ້ຳປະກັນ
role-agency = ໜ່ວຍງານລັດ
role-bank = ທະນາຄານ
role-express = ຜູ້ຂົນສົ່ງດ່ວນ ຫຼື ໄປສະນີ
