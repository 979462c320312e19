# 查找存证日志。

row-what-received = 收到报文
row-what-judged = 单证判定
row-what-delivered = 数据已提供
row-what-read = 被他人查阅
row-what-rule-change = 规则变更
row-what-officer-action = 关员操作
row-what-sign-in = 用户与登录
row-what-record = 登记变更
evidence-search = 查找记录
evidence-search-all = 可查找日志中的全部记录；内容按您的权限显示。
evidence-search-own = 与贵单位有关的记录：发送的报文、作出的决定、何人因何查阅。
search-behind = 还有{ $count }行较新的记录尚未编入索引，请稍后再查。
evidence-wrong = 无法按此条件查找
evidence-wrong-help = 日期须真实存在；不确定的条件请留空。
evidence-file = 将本页保存为文件（CSV）
evidence-what = 记录类型
evidence-from = 起始日期
evidence-to = 截止日期
evidence-find = 查找
evidence-subject = 内容
evidence-doer = 何人、何因
evidence-proof = 证明
evidence-found = 记录（新的在前）
