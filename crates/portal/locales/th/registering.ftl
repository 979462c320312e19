# Made by a machine from the English texts; to be read by a speaker of the language before it is relied on.

register-help = สำหรับผู้ที่ยังไม่มีชื่อผู้ใช้ คุณได้รับทันทีและใช้ยื่นจดทะเบียนหน่วยงาน เมื่อศุลกากรอนุมัติ คุณเป็นผู้ดูแลคนแรก
register-code-hint = รหัสศุลกากรสิบตัว หรือรหัสเครดิตสังคมรวมสิบแปดตัว
register-role = บทบาท
register-name = ชื่อของคุณ
register-password-hint = 12 ตัวอักษรขึ้นไป ไม่ใช่รหัสหรือชื่อของคุณ
register-again = รหัสผ่านอีกครั้ง
register-not-the-same = รหัสผ่านเดียวกันสองครั้ง
register-send = ลงทะเบียน
register-have = มีชื่อผู้ใช้แล้วหรือ
registered-done = ลงทะเบียนแล้ว ชื่อผู้ใช้ของคุณคือ
registered-note-login = โปรดจดชื่อผู้ใช้ไว้ แสดงครั้งนี้ครั้งเดียว
registered-sign-in = เข้าสู่ระบบและยื่นจดทะเบียนหน่วยงาน
registered-wait = ศุลกากรเป็นผู้ตัดสิน ดูความคืบหน้าได้ที่หน้าคำขอของคุณ
fault-here = ข้อมูลนี้ไม่เป็นไปตามที่กำหนด
party-code = รหัสหน่วยงาน
role-platform = แพลตฟอร์มอีคอมเมิร์ซ
role-merchant = ผู้ขายอีคอมเมิร์ซ
role-payment = ผู้ให้บริการชำระเงิน
role-logistics = ผู้ขนส่ง
role-agent = ตัวแทนยื่นใบแจ้ง
role-site-operator = ผู้ดูแลสถานที่ตรวจ
role-guarantor = ผู้ค้ำประกัน
role-agency = หน่วยงานรัฐ
role-bank = ธนาคาร
role-express = ผู้ขนส่งด่วนหรือไปรษณีย์
