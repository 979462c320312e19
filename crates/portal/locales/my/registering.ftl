# Made by a machine from the English texts; to be read by a speaker of the language before it is relied on.

register-help = အသုံးပြုသူအမည် မရှိသေးသူအတွက် ဖြစ်သည်။ ချက်ချင်းရရှိပြီး ၎င်းဖြင့် သင့်လုပ်ငန်းကို မှတ်ပုံတင်ပါ။ အကောက်ခွန်က ခွင့်ပြုသောအခါ သင်သည် ပထမဆုံး စီမံသူဖြစ်သည်။
register-code-hint = အကောက်ခွန်ကုဒ် ဆယ်လုံး သို့မဟုတ် ပေါင်းစည်းလူမှုချေးငွေကုဒ် ဆယ့်ရှစ်လုံး
register-role = အခန်းကဏ္ဍ
register-name = သင့်အမည်
register-password-hint = ၁၂ လုံးနှင့်အထက်၊ သင့်ကုဒ် သို့မဟုတ် အမည် မပါရ
register-again = စကားဝှက် ထပ်ရိုက်ပါ
register-not-the-same = စကားဝှက်တူ နှစ်ကြိမ်
register-send = မှတ်ပုံတင်ပါ
register-have = အသုံးပြုသူအမည် ရှိပြီးသားလား
registered-done = မှတ်ပုံတင်ပြီးပါပြီ။ သင့်အသုံးပြုသူအမည်မှာ
registered-note-login = အသုံးပြုသူအမည်ကို မှတ်ထားပါ။ ယခုတစ်ကြိမ်သာ ပြသည်။
registered-sign-in = ဝင်ရောက်ပြီး သင့်လုပ်ငန်းကို မှတ်ပုံတင်ပါ
registered-wait = အကောက်ခွန်က ဆုံးဖြတ်သည်။ အခြေအနေကို သင့်လျှောက်လွှာစာမျက်နှာတွင် ကြည့်နိုင်သည်။
fault-here = ဤအချက်သည် သတ်မှတ်ချက်နှင့် မကိုက်ညီပါ။
party-code = လုပ်ငန်းကုဒ်
role-platform = အီးကုန်သွယ်ရေး ပလက်ဖောင်း
role-merchant = အီးကုန်သွယ်ရေး လုပ်ငန်း
role-payment = ငွေပေးချေရေး လုပ်ငန်း
role-logistics = သယ်ယူပို့ဆောင်ရေး လုပ်ငန်း
role-agent = ကြေညာရေး ကိုယ်စားလှယ်
role-site-operator = စစ်ဆေးရေးနေရာ တာဝန်ခံ
role-guarantor = အာမခံသူ
role-agency = အစိုးရဌာန
role-bank = ဘဏ်
role-express = အမြန်ပို့ သို့မဟုတ် စာတိုက်
