# Made by a machine from the English texts; to be read by a speaker of the language before it is relied on.

register-help = សម្រាប់អ្នកដែលមិនទាន់មានឈ្មោះចូល អ្នកទទួលបានភ្លាម ហើយប្រើវាចុះបញ្ជីសហគ្រាសរបស់អ្នក ពេលគយអនុម័ត អ្នកជាអ្នកគ្រប់គ្រងដំបូង
register-code-hint = លេខកូដគយដប់តួ ឬលេខកូដឥណទានសង្គមរួមដប់ប្រាំបីតួ
register-role = តួនាទី
register-name = ឈ្មោះរបស់អ្នក
register-password-hint = ១២ តួឡើងទៅ មិនមានលេខកូដ ឬឈ្មោះរបស់អ្នក
register-again = ពាក្យសម្ងាត់ម្តងទៀត
register-not-the-same = ពាក្យសម្ងាត់ដូចគ្នាពីរដង
register-send = ចុះឈ្មោះ
register-have = មានឈ្មោះចូលហើយឬ?
registered-done = អ្នកបានចុះឈ្មោះហើយ ឈ្មោះចូលរបស់អ្នកគឺ
registered-note-login = សូមកត់ឈ្មោះចូល៖ បង្ហាញតែម្តងនេះ
registered-sign-in = ចូល និងចុះបញ្ជីសហគ្រាសរបស់អ្នក
registered-wait = គយជាអ្នកសម្រេច ស្ថានភាពមាននៅទំព័រពាក្យសុំរបស់អ្នក
fault-here = ព័ត៌មាននេះមិនត្រូវតាមការកំណត់ទេ
party-code = លេខកូដសហគ្រាស
role-platform = វេទិកាពាណិជ្ជកម្មអេឡិចត្រូនិក
role-merchant = សហគ្រាសពាណិជ្ជកម្មអេឡិចត្រូនិក
role-payment = ក្រុមហ៊ុនទូទាត់
role-logistics = ក្រុមហ៊ុនដឹកជញ្ជូន
role-agent = ភ្នាក់ងារប្រកាស
role-site-operator = អ្នកគ្រប់គ្រងទីតាំងត្រួតពិនិត្យ
role-guarantor = អ្នកធានា
role-agency = ស្ថាប័នរដ្ឋ
role-bank = ធនាគារ
role-express = ក្រុមហ៊ុនដឹកជញ្ជូនរហ័ស ឬប្រៃសណីយ៍
