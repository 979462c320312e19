# 关员队列：认领与一并处置。

take-next = 认领下一票
decide-many = 对所选业务单一并处置
assigned-to = 认领人
until = 至
choose-trade = 选择 { $number }
chosen-count = 已选 { $count } 票业务单。
many-help = 每票按您所见的版本单独处置；布控通道高于单证审核的不能一并放行。
many-words-hint = 必填，记入每票业务单。
many-done = 已记录 { $done } / { $all }。
recorded = 已记录
not-recorded = 未记录
result = 结果
back-to-queue = 返回队列
release-proposed = { $officer } 已提出放行，须由另一名关员复核。
give-up = 放弃认领
take = 认领
nothing-to-take = 队列中没有无人认领的业务单。
choose-first = 请先选择业务单。
enterprise-hint = 企业代码
enterprise = 企业
problem-assigned = 另一名关员正在处理
problem-by-itself = 须单独处置
