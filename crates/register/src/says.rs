//! What register faults say: a code, and a text in Chinese and in English with places for its parameters. A fault can be made
//! of nothing else, so none is without its text. The languages of pages choose between the two (`portal`).

/// What a fault says, as it stands in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Say {
    /// Its code.
    pub code: &'static str,
    /// In Chinese; `{name}` = a parameter.
    pub zh: &'static str,
    /// In English, likewise.
    pub en: &'static str,
}

/// What one fault says: with its parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    say: Say,
    parameters: Vec<(&'static str, String)>,
}

impl Say {
    /// Without parameters.
    #[must_use]
    pub fn said(self) -> Said {
        self.with(&[])
    }
    /// With these.
    #[must_use]
    pub fn with(self, parameters: &[(&'static str, &str)]) -> Said {
        let parameters = parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Said { say: self, parameters }
    }
}

impl Said {
    /// The code.
    pub fn code(&self) -> &'static str {
        self.say.code
    }
    /// The parameters by their names.
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }
    /// In Chinese.
    pub fn zh(&self) -> String {
        self.filled(self.say.zh)
    }
    /// In English.
    pub fn en(&self) -> String {
        self.filled(self.say.en)
    }

    /// Each place once, from the left: what a parameter holds is no text of ours.
    fn filled(&self, text: &str) -> String {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, place)| Some((before, place.split_once('}')?)))
        {
            filled.push_str(before);
            let value = self.parameters.iter().find(|(known, _)| *known == name);
            filled.push_str(value.map_or("", |(_, value)| value.as_str()));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

macro_rules! says {
    ($($name:ident: $code:literal, $zh:literal, $en:literal;)*) => {
        $(
            #[doc = $en]
            pub const $name: Say = Say { code: $code, zh: $zh, en: $en };
        )*
        /// All of them.
        pub const ALL: &[Say] = &[$($name),*];
    };
}

says! {
    A_TABLE_AT_LEAST: "a-table-at-least", "至少一张与现行不同的规则表", "at least one table that differs from the one in force";
    NOT_WHO_DRAFTED: "not-who-drafted", "起草人以外的人员", "another person than those who wrote the draft";
    NAMED_PHOTOGRAPH: "named-photograph", "编号所指的照片", "the photograph that the id names";
    BYTES_BEFORE_BASE64: "bytes-before-base64", "base64编码前不超过{most}字节", "at most {most} bytes before base64";
    NOT_BEFORE_FROM: "not-before-from", "不早于生效日期（validFrom）", "not before validFrom";
    AMOUNT_IN_YUAN: "amount-in-yuan", "以人民币元计的金额", "an amount in yuan";
    A_DAY: "a-day", "日期，格式为yyyyMMdd", "a day yyyyMMdd";
    OF_ANOTHER_ENTERPRISE: "of-another-enterprise", "本企业的证书：此证书属于另一家企业", "a certificate of the party: this one names another enterprise";
    PARTY_CODE_FORM: "party-code-form", "十位海关注册编码，或校验码正确的十八位统一社会信用代码", "ten characters of a customs code, or the eighteen of a unified social credit code with its check character";
    REGISTERED_NAME: "registered-name", "登记的名称", "the registered name";
    A_ROLE_AT_LEAST: "a-role-at-least", "至少一个角色", "at least one role";
    A_GRADE: "a-grade", "信用等级：A、standard或D", "a grade: A, standard, D";
    CODE_TAKEN: "code-taken", "无人使用的编码：此编码已备案；请不予批准，并说明应如何处理", "a code that nobody has: this one is filed; refuse, and say what to do";
    LICENCES_STILL_VALID: "licences-still-valid", "备案生效时仍在有效期内的资质证照", "licences that are still valid when the filing begins";
    ENTERPRISE_ROLE: "enterprise-role", "企业、机构或银行的角色", "a role of an enterprise, agency or bank";
    TRADE_MODE: "trade-mode", "监管方式代码表中的代码", "a mode of the table of trade modes";
    REACHABLE_BY_AGENCIES: "reachable-by-agencies", "各机构须能联系到企业", "agencies must be able to reach the party";
    CERTIFICATE_ENDED_LEAVE: "certificate-ended-leave", "未过期的证书：请将此证书去掉", "a certificate that has not ended: leave it out";
    AS_ON_LICENCE: "as-on-licence", "与证照上的内容一致", "as it stands on the licence";
    INTERNET_PAYMENT_NEEDED: "internet-payment-needed", "业务范围中应有许可证所含的互联网支付（internet-payment）", "internet-payment among the services that the licence covers";
    A_CURRENCY: "a-currency", "币制代码表中的代码", "a code of the table of currencies";
    ONE_OF_LICENCES: "one-of-licences", "所填某一证照的编号", "the number of one of the licences";
    KEY_FOR_REQUESTS: "key-for-requests", "用于请求签名的密钥须为Ed25519、P-256上的ECDSA，或2048至4096位的RSA", "for requests a key of Ed25519, of ECDSA on P-256, or of RSA with 2048 to 4096 bits";
    KEY_HOLDER: "key-holder", "密钥由谁或何设备持有，不超过100个字符", "who or what holds the key, in up to 100 characters";
    OWN_FILED_CODE: "own-filed-code", "企业备案所用且未暂停的编码", "the code under which a party is filed and not suspended";
    CERTIFICATE_ENDED: "certificate-ended", "未过期的证书", "a certificate that has not ended";
    CERTIFICATE_KNOWN: "certificate-known", "从未登记或吊销过的证书：请为其生成新的密钥", "a certificate that nobody has registered or revoked: make a new key for it";
    AT_ONCE: "at-once", "不晚于现在的时间yyyyMMddHHmmss：吊销立即生效，可不填", "a second yyyyMMddHHmmss that is not later than now: a revocation counts at once; leave it out";
    NO_TIME_PASSED: "no-time-passed", "不能是已过去的时间：已作的判定不变；请填入compromisedSince", "no time that has passed: what was judged stays judged; say it as compromisedSince";
    A_PROVED_PERSON: "a-proved-person", "已通过验证码证实身份的个人的编码", "the code of a person who proved himself by a code sent to him";
    LOCKING_TELEPHONE: "locking-telephone", "锁定时所用的电话；如已无法使用，可到海关窗口解锁", "the telephone with which it was locked; without it, customs releases the lock at its counter";
    OPENING_TELEPHONE: "opening-telephone", "提出异议时所用的电话", "the telephone with which it was opened";
    ANSWER_OR_DAY_AFTER: "answer-or-day-after", "平台或卖家的答复，或答复期限届满的次日", "the answer of platform or seller, or the day after their last one";
    WEBHOOK_ID: "webhook-id", "企业编码、冒号、该推送地址的名称", "the party's code, a colon, its name of the webhook";
    PARTY_FILED: "party-filed", "已备案且未暂停的企业的编码", "the code of a party that is filed and not suspended";
    WEBHOOK_ADDRESS: "webhook-address", "形如https://host/path、不超过500个字符、不含用户名和密码的地址", "an address as https://host/path of up to 500 characters, without a name or password in it";
    WEBHOOK_SOURCE: "webhook-source", "receipts、payment-data、demands、list-notices，或shares/加共享规则的编号", "receipts, payment-data, demands, list-notices, or shares/ and the id of a rule";
    PLATFORM_ALONE: "platform-alone", "电商平台：支付数据不向其他企业查询，名单通知不发其他企业", "a platform: others are not asked for payments, nor told of lists";
    OWN_RULE: "own-rule", "向本单位提供数据的共享规则", "a rule that gives to this party";
    ANSWERS_FALSE: "answers-false", "false；只有机构或银行接收规则共享的数据时可为true", "false, unless an agency or bank is sent what a rule gives";
    FORM_EVENTS: "form-events", "events；只有规则按原样共享报文且不采用中立格式时可用dxp", "events, unless a rule gives messages as received, and they are not neutral";
    HAS_EXCHANGE_ID: "has-exchange-id", "备案中有传输编号（dxpId）的单位", "a party whose filing has an exchange id";
    FILED_AS_COUNTERPART: "filed-as-counterpart", "不填，或贵方备案载明的类别：机构由海关在其备案的业务中批准counterpart-{kind}，银行和海关以角色为准；贵方备案未载明", "nothing, or a kind that your filing says you are, which it does not: of an agency it has counterpart-{kind} among its services, approved by customs; banks and customs offices are by their role";
    SESSION_ID: "session-id", "已备案且未暂停的平台编码、冒号、会话号", "code of a platform that is filed and not suspended, a colon, the session";
    SESSION_RANDOM: "session-random", "冒号后为无法猜测的会话号：随机UUID的36个字符", "after the colon a session that nobody guesses: 36 characters as of a random UUID";
    ORDER_NUMBER: "order-number", "平台的订单编号，不超过60个字符", "the platform's number of the order, up to 60 characters";
    PAYMENT_JSON: "payment-json", "JSON对象，格式见2018年第179号公告", "a JSON object, as of announcement 2018-179";
    AMOUNT_FIVE_PLACES: "amount-five-places", "以人民币元计、小数不超过五位的金额", "an amount in yuan with up to five decimal places";
    A_SECOND: "a-second", "yyyyMMddHHmmss", "yyyyMMddHHmmss";
    VERIFIED_BY: "verified-by", "1 银联，2 网联，3 其他", "1 UnionPay (银联), 2 NetsUnion (网联), 3 other (其他)";
    PAY_TYPE: "pay-type", "1 APP，2 PC，3 扫码，4 其他", "1 APP, 2 PC, 3 scanned code (扫码), 4 other (其他)";
    NOT_EMPTY: "not-empty", "不为空", "must not be empty";
    AN_ORDER_AT_LEAST: "an-order-at-least", "至少一个订单", "at least one order";
    AN_ARTICLE_AT_LEAST: "an-article-at-least", "至少一件商品", "at least one article";
    GOODS_ID: "goods-id", "电商企业编码、冒号、其商品货号", "merchant's code, a colon, its number of the goods";
    WINDOW_KEEPS: "window-keeps", "不填：已生效的内容由窗口保存", "nothing: the window keeps what is in force";
    MERCHANT_FILED: "merchant-filed", "已备案为电商企业的编码", "the code of a party that is filed as a merchant";
    AS_DECLARED: "as-declared", "与将来申报的内容一致", "as it will be declared";
    TARIFF_CODE: "tariff-code", "十位数字，前八位在税则内", "ten digits whose first eight are in the tariff";
    CODE_OF_TABLE: "code-of-table", "相应代码表中的代码", "a code of its table";
    BRAND_AUTHORISATION: "brand-authorisation", "品牌授权书的附件记录", "the record of the brand's authorisation";
    THE_ANSWER: "the-answer", "答复内容", "the answer";
    REPORT_ID: "report-id", "已备案的监管部门或机构的编码、冒号、其查验报告编号", "code of an office or agency that is filed, a colon, its number of the report";
    SAME_RECOGNISER: "same-recogniser", "原提交的机构；提交给另一机构须另立记录", "the agency that it was reported to: to another it is a record of its own";
    REPORT_ENDED: "report-ended", "仍在有效期内的查验报告", "a report that may still be relied on";
    UNTIL_REPORT_ENDS: "until-report-ends", "今天至{day}之间的日期", "a day from today to {day}";
    ARTICLE_NUMBER: "article-number", "企业商品货号", "an article number of the merchant";
    TRADE_OR_ARTICLES: "trade-or-articles", "填写一笔交易（平台编码/订单编号），或企业的商品货号，二者选一", "one trade as platform/order number, or article numbers of the merchant: one of the two";
    REPORT_NUMBER: "report-number", "报告、证书或笔录的编号", "the number of the report, certificate or protocol";
    REPORT_BASIS: "report-basis", "出具所依据的法律、法规或协议", "the law, regulation or agreement on which it is given";
    A_RESULT_AT_LEAST: "a-result-at-least", "至少一项查验结果", "at least one result";
    LINE_OF_A_TRADE: "line-of-a-trade", "0：未指明交易的报告不分商品序号", "0: a report that names no trade has no lines of one";
    REQUEST_ID: "request-id", "已备案的机构或银行的编码、冒号、其请求编号", "code of an agency or bank that is filed, a colon, its number of the request";
    ANOTHER_AGENCY: "another-agency", "另一家已备案的机构或银行的编码", "the code of another agency or bank that is filed";
    ASSISTANCE_OR_QUESTION: "assistance-or-question", "assistance（协助）、question（询问）或query（按键查询）", "assistance, question or query";
    AGENCY_HAS_TO_KNOW: "agency-has-to-know", "被请求机构须了解的内容", "what the agency that is asked has to know";
    TODAY_OR_LATER: "today-or-later", "今天或以后", "today or later";
    AGENCY_RECORD_ID: "agency-record-id", "本单位编码、冒号、数据集（{words}）、冒号、记录的键", "your code, a colon, the dataset ({words}), a colon, the key of the record";
    GIVES_THE_DATASET: "gives-the-dataset", "已备案且未暂停、提供此数据集的单位（{roles}）的编码", "the code of a party that is filed, not suspended, and gives this dataset: {roles}";
    KEY_IS_NO_PERSON: "key-is-no-person", "不以身份证件号码为键：键以明文保存", "a key that is no number of a person's identity document: keys are kept in the clear";
    FIELD_OF_RECORD: "field-of-record", "数据集要求的此字段", "this field: its dataset demands it";
    DECIMAL_AS_TEXT: "decimal-as-text", "以文本表示的数，例如130.00", "a decimal number as a text, such as 130.00";
    A_MILLISECOND: "a-millisecond", "时间，格式为yyyyMMddHHmmssSSS", "a time yyyyMMddHHmmssSSS";
    LIST_OF_TEXTS: "list-of-texts", "不超过{most}项的文本列表，各项均不为空", "a list of up to {most} texts, none of them empty";
    TEXT_UP_TO: "text-up-to", "1至{most}个字符的文本", "a text of 1 to {most} characters";
    RULE_TELLS_STANDING: "rule-tells-standing", "还须包括{fields}：否则接收方不知道记录已更正或撤回", "{fields} as well: without them the receiver goes on with what was corrected or withdrawn";
    QUERY_OF_KIND: "query-of-kind", "kind为query时须填写数据集与键，其他种类不填", "dataset and key with the kind query, and with no other kind";
    DATASET_OF_ASKED: "dataset-of-asked", "所询问的单位提供的数据集（提供方：{roles}）", "a dataset that the asked party gives: {roles} give this one";
    SHARE_ID: "share-id", "接收方编码、冒号、其规则名称", "receiver's code, a colon, its name of the rule";
    AGENCY_FILED: "agency-filed", "已备案且未暂停的机构或银行的编码", "the code of an agency or bank that is filed and not suspended";
    A_FIELD_AT_LEAST: "a-field-at-least", "数据集的至少一个字段", "at least one field of the dataset";
    A_FIELD: "a-field", "数据集的字段；GET /v1/datasets列出全部", "a field of the dataset; GET /v1/datasets lists them";
    A_HEAD_FIELD: "a-head-field", "数据集表头的字段", "a field of the dataset's head";
    A_TEXT_AT_LEAST: "a-text-at-least", "至少一个可取的值", "at least one text that it may have";
    GIVER_IS_TOLD: "giver-is-told", "将告知提供方和记录所有人的内容", "what the giver, and the owners of the records, are told";
    A_ROW_AT_LEAST: "a-row-at-least", "至少一行", "at least one row";
    ATTACHED_KIND: "attached-kind", "application/pdf、image/png或image/jpeg", "application/pdf, image/png or image/jpeg";
    ATTACHED_BEGINS: "attached-begins", "与文件内容相符的类型（以文件首字节为准，不看所称类型）", "the type that the file begins as, whatever it is called";
    ATTACHED_SIZE: "attached-size", "以base64表示的1字节至2MiB内容", "1 byte to 2 MiB in base64";
    BASE64: "base64", "base64编码", "base64";
    FILE_NAME: "file-name", "文件名", "the name of the file";
    EXPLAINED: "explained", "此操作须向企业说明：请填写理由", "this move is explained to the party: say why";
    BODY_NEEDED: "body-needed", "此操作需要填写内容", "this move needs a body";
    ANOTHER_SERVER_SENDS: "another-server-sends", "另一台服务器正在向此地址推送", "another server sends to this webhook now";
    ONE_OF: "one-of", "以下之一：{words}", "one of {words}";
    ONE_OR_BOTH: "one-or-both", "以下之一或全部：{words}", "one or both of {words}";
    NOT_READ: "not-read", "可以读取的内容：{error}", "what can be read: {error}";
    BELONGS_TO: "belongs-to", "它属于{code}", "it belongs to {code}";
    A_ROLE: "a-role", "角色：{words}", "a role: {words}";
    ALGORITHMS: "algorithms", "签名算法：{words}", "algorithms of signatures: {words}";
    PEM_OR_DIGEST: "pem-or-digest", "PEM格式的证书，或其SHA-256值（小写十六进制）；{error}", "a certificate in PEM, or its SHA-256 in lower-case hexadecimal; {error}";
    PEM: "pem", "PEM格式的证书；此内容无法读取：{error}", "a certificate in PEM; this cannot be read: {error}";
    KEY_FOR_DOCUMENTS: "key-for-documents", "用于单证签名的密钥须为RSA（1024至4096位）或SM2：{error}", "for documents a key of RSA (1024 to 4096 bits) or SM2: {error}";
    CERTIFICATE_ID: "certificate-id", "企业编码、冒号、{fingerprint}", "the party's code, a colon, {fingerprint}";
    FILED_UNDER: "filed-under", "它已以{code}备案：请变更该备案", "it is filed under {code}: change that filing";
    LICENCE_NEEDED: "licence-needed", "{role}所需的、今天有效的证照：{licences}；{source}", "a licence valid today that a {role} needs: {licences}; {source}";
    A_SERVICE: "a-service", "业务：{words}", "a service: {words}";
    SERVICE_IS_FOR: "service-is-for", "该业务适用于{roles}", "it is for {roles}";
    LONGEST: "longest", "发生了什么，2至{most}个字符", "what happened, in 2 to {most} characters";
    ONE_TO: "one-to", "1至{most}", "1 to {most}";
    AT_MOST_PAGES: "at-most-pages", "不超过{most}页", "at most {most} pages";
    PAYMENT_JSON_READ: "payment-json-read", "2018年第179号公告规定的JSON：{error}", "the JSON of announcement 2018-179: {error}";
    SERVED_VERSION: "served-version", "{version}，即现行版本", "{version}, the version that is served";
    ANOTHER_GIVER: "another-giver", "提供此数据的另一单位（{roles}）的编码", "the code of another party that gives this: {roles}";
    DEADLINE_RUNS: "deadline-runs", "截止日期之后", "a day after the deadline";
    ENTERPRISE_FILED: "enterprise-filed", "已备案且未暂停的企业的编码", "the code of an enterprise that is filed and not suspended";
    DEMAND_DAYS: "demand-days", "从今天起、最迟{days}天内的日期", "a day from today on, {days} days from now at the latest";
    NOBODY_TO_ASK: "nobody-to-ask", "有企业备案的需求种类：目前无人可询", "a kind for which somebody is filed: nobody can be asked now";
    ID_TELLS_NOTHING: "id-tells-nothing", "8至40个小写字母、数字或连字符，且不透露需求方", "8 to 40 small letters, digits and hyphens that do not say who asks";
    DEMAND_NEEDS: "demand-needs", "此类需求的报价方须了解的内容", "what whoever offers has to know for this kind of demand";
    UP_TO_CHARACTERS: "up-to-characters", "不超过{most}个字符", "up to {most} characters";
    POSITIVE_NUMBER: "positive-number", "大于零的数，小数不超过五位", "a decimal number above zero, with up to five decimal places";
    NOT_AFTER: "not-after", "不晚于{field}", "not after {field}";
    TEMPERATURE: "temperature", "摄氏度，仅用于运输或仓储；否则不填", "degrees Celsius, for what is carried or stored; otherwise leave it out";
    NOT_ABOVE: "not-above", "不高于{field}", "not above {field}";
    REACHABLE: "reachable", "联系人及电话，不超过100个字符：双方达成一致后才显示", "whom to call, in up to 100 characters: shown when both have agreed";
    SAYS_WHO_ASKS: "says-who-asks", "不含透露需求方的内容：接受报价后才显示联系方式", "nothing that says who asks: the contact is shown when an offer is accepted";
    CASE_ID: "case-id", "已备案监管机构的编码、冒号、其案件编号", "code of an agency that is filed, a colon, its number of the case";
    AGENCY_OF_CASE: "agency-of-case", "参与本案研判的机构编码", "the code of an agency that judges this case";
    AGENCIES_HAVE_TO_KNOW: "agencies-have-to-know", "参与研判的机构须了解的内容", "what the agencies that judge have to know";
    CONSIGNMENT_OR_PARTY: "consignment-or-party", "平台编码/订单编号，或企业编码", "a consignment as platform/orderNo, or the code of a party";
    CONSIGNMENT_AND_FIELDS: "consignment-and-fields", "同时填写订单（平台编码/订单编号）与要出示的字段，或都不填", "a consignment as platform/orderNo together with the fields that are shown, or neither";
    OPINIONS_FIRST: "opinions-first", "以下机构的意见尚未到期：{agencies}", "wait for the opinion of {agencies}, whose last day is not over";
    OBJECTION_OVER: "objection-over", "异议期限为{day}", "objections were possible until {day}";
    OBJECTED_ONCE: "objected-once", "每家机构只能提出一次异议", "each agency objects once";
    TASK_OF_YOURS: "task-of-yours", "交给贵方且尚未报告的任务编号", "the number of a task of yours that was not reported yet";
    TASKS_FIRST: "tasks-first", "以下任务尚未报告：{numbers}", "the tasks {numbers} are to be reported first";
    RULE_OF_RULEBOOK: "rule-of-rulebook", "现行规则簿中的风险规则编号", "the id of a risk rule of the rulebook in force";
    BONDED_RULE: "bonded-rule", "账册规则：{zh}", "a rule of the book: {en}";
    BONDED_BOOK_ID: "bonded-book-id", "持有企业编码、冒号、账册号（emsNo，不超过30个字符且不含冒号）", "the holder's code, a colon, the number of the book (emsNo, up to 30 characters without a colon)";
    BONDED_ITEM_NUMBER: "bonded-item-number", "账册内不重复的备案序号，不超过30个字符且不含冒号", "a number that no other item of the book has, up to 30 characters without a colon";
    BONDED_DOCUMENT_ID: "bonded-document-id", "持有企业编码:账册号:单证种类:单证号；清单、回执、撤销及退货由窗口随货物记载", "holder:book:kind:number of the document; lists, receipts, cancellations and returns are written with their trades";
    BONDED_OF: "bonded-of", "所引单证的种类（ofDocument）与单证号（ofNumber）", "kind (ofDocument) and number (ofNumber) of the document whose line is meant";
    BONDED_STOCKTAKE: "bonded-stocktake", "盘点表（stocktake-record）方可开始盘点", "a stocktake-record: nothing else begins a stocktake";
    BONDED_SUPERVISED: "bonded-supervised", "此类单证须申报（file）并由海关接受", "file: documents of this kind move goods when customs accepts them";
    BONDED_CHANGED: "bonded-changed", "记录的现行内容：已有变更，请重新查看", "what the record says now: it was changed; look at it again";
    BONDED_WEIGHT: "bonded-weight", "车辆毛重减皮重为{loaded}千克，与清单毛重合计{declared}千克相差不超过{tolerance}‰：请核对所装包裹，或重新过磅", "gross less tare, {loaded} kg, within {tolerance} per mille of the {declared} kg of the lists: check what is loaded, or weigh again";
    BONDED_ONE_RECEIVER: "bonded-one-receiver", "{book}：一份单证只转出至一个账册，其余请另报", "{book}: one document transfers to one book; file another for the rest";
    BONDED_PARCEL: "bonded-parcel", "已放行、由本账册核扣且尚未出区的包裹（现状：{state}）", "a parcel whose list is released, took from this book, and has not left (it is: {state})";
    PARK_ID: "park-id", "运营企业编码、冒号、编号（1至20个字母、数字或连字符；场所用海关监管作业场所编码）", "the operator's code, a colon, a number of 1 to 20 letters, digits and hyphens: of a site its supervision code of customs";
    SITE_OPERATOR_FILED: "site-operator-filed", "已备案为监管场所经营单位且未暂停的企业的编码", "the code of a party that is filed as an operator of sites and not suspended";
    PARK_OF_OPERATOR: "park-of-operator", "运营企业自有的、或其入驻的已批准园区的编号", "the record of an approved park that is the operator's own, or has it as a tenant";
    CARRIER_FILED: "carrier-filed", "已备案且未暂停的物流企业的编码", "the code of a carrier that is filed and not suspended";
    PARCEL_NAMED: "parcel-named", "包裹：物流企业编码/运单编号", "a parcel as carrier's code, slash, waybill number";
    SCAN_NUMBER: "scan-number", "1至60个字母、数字或-_.，每次扫描各用一个", "1 to 60 letters, digits or -_. , another for each scan";
    PARCEL_HELD: "parcel-held", "hold或inspect：该包裹已被布控或无法识别，不得放行", "hold or inspect: this parcel is held, or nobody knows it, and does not pass";
    NOT_OF_THIS_KIND: "not-of-this-kind", "不填：此类记录没有该项", "nothing: records of this kind have no such member";
    WINDOW_WRITES_IT: "window-writes-it", "由本窗口填写，请勿发送", "nothing: the window itself writes it";
    CONSIGNMENT_SEEN: "consignment-seen", "贵方可查看且已有清单的订单：平台编码/订单编号", "a consignment with a list that you may see, as platform/orderNo";
    AT_MOST: "at-most", "不超过{most}项", "at most {most}";
    OFFER_STANDS: "offer-stands", "对此需求仍然有效的报价", "an offer to this demand that still stands";
    OFFER_CHANGED: "offer-changed", "报价的现行版本：报价已修改，请重新查看", "the version of the offer as it is now: it was changed; look at it again";
    OFFER_ENDED: "offer-ended", "未过有效期的报价：请要求重新报价", "an offer whose last day has not passed: ask for a new one";
    DEMAND_OPEN: "demand-open", "已发送给本企业且仍开放的需求", "an open demand that was sent to this party";
    TERM_NEEDED: "term-needed", "完成的期限", "within which time it is done";
    DEMAND_OTHERWISE: "demand-otherwise", "需求目前的状态不允许此操作", "what became of the demand does not allow this";
    SENDING_PLATFORM: "sending-platform", "发送此数据的平台的编码", "the code of the platform that sends this";
    AT_MOST_BYTES: "at-most-bytes", "不超过{most}字节", "at most {most} bytes";
    SIGNING_CERTIFICATE: "signing-certificate", "该平台登记的（PEM格式）、今天有效的证书的序列号或卡号", "the serial or card number of a certificate that this platform registered, itself in PEM, and that counts today";
    SIGNATURE_WRONG: "signature-wrong", "验签失败：对文本\"sessionID\":\"…\"||\"payExchangeInfoHead\":\"…\"||\"payExchangeInfoLists\":\"…\"||\"serviceTime\":\"…\"（各部分与发送时一致）的签名，以base64表示（{why}）", "the signature, in base64, of the text \"sessionID\":\"…\"||\"payExchangeInfoHead\":\"…\"||\"payExchangeInfoLists\":\"…\"||\"serviceTime\":\"…\" with the parts as they are sent ({why})";
    CERTIFICATE_VALID_NOW: "certificate-valid-now", "目前有效的证书", "a certificate that is valid now";
    LATER_ATTACHED: "later-attached", "稍后再附文件：贵企业尚未备案", "a document that is attached later: your party is not filed yet";
    CREDIT_DECIDED: "credit-decided", "已作决定；可向法院提起诉讼", "it was decided; a court may decide otherwise";
    OWN_CODE_AND_NUMBER: "own-code-and-number", "本单位编码、冒号、自编编号", "your code, a colon, your number of it";
    ENTERPRISE_CODE: "enterprise-code", "企业备案所用的编码", "the code under which an enterprise is filed";
    NOT_ONESELF: "not-oneself", "其他企业：不得记录本单位", "another: nobody observes himself";
    TODAY_OR_BEFORE: "today-or-before", "今天或以前", "today or before";
    PART_OF_WHOLE: "part-of-whole", "分子与分母，分子不大于分母", "part and whole, the part not above the whole";
    HOW_OFTEN: "how-often", "仅填次数", "how often, alone";
    DECIMAL_ALONE: "decimal-alone", "仅填不小于零的数", "a decimal not below zero, alone";
    AGENCIES_OBSERVE: "agencies-observe", "由机构和海关记录此项", "agencies and offices observe this";
    FACT_ALONE: "fact-alone", "不填：此项为事实，没有数值", "nothing: this is a fact, without a number";
    APPEAL_DECIDED: "appeal-decided", "申诉已作决定；可向法院提起诉讼", "an appeal was decided; a court may decide otherwise";
    NOT_WHO_LISTED: "not-who-listed", "由作出列入决定以外的人员办理", "another person than the one who decided to list";
    NOT_WHO_NOTICED: "not-who-noticed", "由发出告知以外的人员办理", "another person than the one who gave notice";
    FROM_VALID_TO_VALID: "from-valid-to-valid", "在validFrom与validTo之间", "from validFrom to validTo";
    FROM_DAY_ON: "from-day-on", "自{day}起", "from {day} on";
    AFTER_LAST_DAY: "after-last-day", "其最后一天{day}之后", "after {day}, its last day";
    HEARD_OR_AFTER: "heard-or-after", "企业的陈述，或{day}之后的日期", "what the enterprise says, or a day after {day}";
    PERSONS_HEARD_OR_AFTER: "persons-heard-or-after", "责任人员（{names}）本人的陈述，或{day}之后的日期", "what each responsible person says for himself ({names}), or a day after {day}";
    SAID_ONCE: "said-once", "每人陈述一次，您已陈述", "one statement of each person; this one was made";
    NAMED_BY_THE_NOTICE: "named-by-the-notice", "告知中所列责任人员的姓名", "the name of somebody whom the notice names as responsible";
    TWO_TO_CHARACTERS: "two-to-characters", "2至{most}个字符", "2 to {most} characters";
    SAME_ENTERPRISE: "same-enterprise", "同一家企业；另一家企业的情况须另行记录", "the same enterprise; what is of another is a record of its own";
    OWN_INDICATOR: "own-indicator", "本单位可记录的指标；此项由{roles}记录", "an indicator that you may observe; this one: {roles}";
    BYTES_32: "bytes-32", "64个十六进制数字（32字节）", "64 hexadecimal digits: 32 bytes";
    NOT_BEFORE: "not-before", "{at}以后", "not before {at}";
    COMMITMENTS_ENDED: "commitments-ended", "承诺截止时间{at}之前；请为下一时段提交", "before {at}, when commitments ended: file one for the next period";
    COMMITTED_ALREADY: "committed-already", "每方每时段一份承诺：本方已提交，不可更改", "one commitment of a side for a period: yours is filed and stands";
    NOT_COMMITTED: "not-committed", "已提交承诺的一方：本方未提交，本时段不含其秘密值", "a side that committed: yours did not, and the period goes on without its secret";
    HANDED_OVER_ALREADY: "handed-over-already", "每方一份秘密值：本方已交付", "one secret of a side: yours is here";
    OPENS_ANOTHER: "opens-another", "与已提交的承诺{commitment}相符的盐值和秘密值；所交付的与另一承诺相符", "salt and secret that open the commitment filed, {commitment}; what was sent opens another";
    HOLDER_ROLE: "holder-role", "海关或园区运营单位", "customs or the operator of the zone";
    ANOTHER_HOLDER: "another-holder", "每一单位只持有一份秘密值，由提交承诺的单位交付", "one party holds one secret, and whoever committed hands it over";
    SEED_CANNOT_BE_MADE: "seed-cannot-be-made", "信标、窗口的秘密值，以及与承诺相符的秘密值", "the beacon, the window's secret, and secrets that open their commitments";
    STILL_DRAWN_WITH: "still-drawn-with", "不再用于抽取的种子：请待下一时段开始", "a seed that nothing is drawn with any more: the next period begins first";
    HEARD_FIRST: "heard-first", "自今天起至少{days}天：列入此名单前须听取企业陈述", "{days} days from today or later: who is put on this list is heard";
    NOT_A_DUTY: "not-a-duty", "此项不在您的职责范围内", "this is not among your duties";
    BY_THE_PERSON: "by-the-person", "此项由消费者本人办理", "the person himself makes this move";
    BY_THE_PARTY: "by-the-party", "此项由企业自己办理", "the party itself makes this move";
    BY_THE_AGENCY: "by-the-agency", "此项由主管机构办理", "the competent agency makes this move";
    BY_ANOTHER_PERSON: "by-another-person", "须由申请人以外的人员决定", "another person decides than the one who applied";
    BY_THE_OTHER_PARTY: "by-the-other-party", "此项由对方办理", "the other party makes this move";
    BY_THE_WINDOW: "by-the-window", "此类记录由本窗口自行登记", "the window itself writes these records";
    BY_THE_AUTHORITY: "by-the-authority", "此项由以下主管机构办理：{authorities}", "the authority that decides on these roles makes this move: {authorities}";
    ENDORSED_FIRST: "endorsed-first", "须先经以下主管机构同意（endorse）：{authorities}", "{authorities} have to endorse it first";
    NOT_TO_ENDORSE: "not-to-endorse", "无须贵方另行同意：可直接批准，或已经同意", "nothing to endorse: decide, or it was endorsed already";
    CUSTOMS_ALONE: "customs-alone", "保持不变：此项只由海关许可", "as it stands: customs alone grants this";
    ATTACHED_DOCUMENT: "attached-document", "本单位已上传的附件的编号", "the id of a document that this party attached";
    OF_ROLE: "of-role", "不填：只有{role}填写此项", "nothing: this is of a {role}";
    ATTRIBUTE_NEEDED: "attribute-needed", "{role}须填写此项：{source}", "what a {role} has to say: {source}";
    AGENT_FILED: "agent-filed", "另一家已备案且未暂停的报关代理企业的编码", "the code of another party that is filed as an agent and not suspended";
    POWER_OF_ATTORNEY: "power-of-attorney", "委托书的附件", "the attached power of attorney";
    ISSUER_FILED: "issuer-filed", "已备案且未暂停的银行或担保企业的编码", "the code of a bank or guarantor that is filed and not suspended";
    NO_ISSUER: "no-issuer", "不填：保证金无出具方", "nothing: nobody stands behind a deposit";
    OFFICE_FILED: "office-filed", "持有担保的海关的编码", "the code of the customs office that holds it";
    GATE_NUMBER: "gate-number", "卡口编号，同一场所内不重复", "the number of the gate, each once";
    AT_LEAST_ONE: "at-least-one", "至少为1", "at least 1";
    WITHIN_GUARANTEES: "within-guarantees", "不超过今天有效的担保合计{amount}元", "at most what the guarantees are worth today, {amount} yuan";
    LEGAL_UNIT: "legal-unit", "税则所定的法定计量单位：{unit}", "the legal unit of the tariff: {unit}";
    NO_SECOND_UNIT: "no-second-unit", "不填：此税号无第二法定单位", "nothing: this code has no second legal unit";
    UNIT_WITH_FACTOR: "unit-with-factor", "单位与换算系数须同时填写；系数为大于零的数，小数不超过五位", "unit and conversion together: a decimal number above zero with up to five decimal places";
    LABEL_SHOWN: "label-shown", "标签的文字或图样", "the text of the label, or its picture";
    TERM_OF_BRAND: "term-of-brand", "仍在有效期内的品牌授权", "an authorisation of the brand that has not ended";
    BRAND_NAMED: "brand-named", "填写品牌后方可填写授权期限", "a brand: without one there is no authorisation";
    CREDIT_BARS_FILING: "credit-bars-filing", "不得新申请备案：信用名单或等级（{standing}）至{until}不予受理；已备案的仍有效，可更正、变更，并可就名单申诉或申请信用修复", "nothing new is filed under the list or grade {standing} until {until}: what is filed stays and may be corrected or changed; on the page of the list there is the way to appeal and to repair";
    PARCEL_ID: "parcel-id", "本单位编码、冒号、运单（邮件）号：5至40个大写字母、数字或连字符", "your code, a colon, the tracking number: 5 to 40 capital letters, digits and hyphens";
    PARCEL_CHECK_DIGIT: "parcel-check-digit", "校验码正确的邮件号码（UPU S10）：请核对后重新录入", "a postal number with the right check digit (UPU S10): compare it with the label and send it again";
    PARCEL_GIVER: "parcel-giver", "已备案且未暂停、承担以下角色之一的单位的编码：{roles}", "the code of a party that is filed and not suspended as one of {roles}";
    CITIZEN_NUMBER: "citizen-number", "校验码正确的公民身份号码；没有则不填", "a citizen's number with its check character; leave it out where there is none";
    PARCEL_ARRIVED: "parcel-arrived", "包裹已到达的时间，不晚于现在", "when it came: not later than now";
    PARCEL_INDIVISIBLE: "parcel-indivisible", "false；只有内件仅一件且不可分割时可为true", "false, unless the only content is one piece that cannot be parted";
    PARCEL_SUM: "parcel-sum", "内件价值之和{sum}：请改正总价值或某一内件的价值，或不填总价值", "{sum}, the sum of its contents: correct this or the value of a content, or leave this out";
    PARCEL_HS: "parcel-hs", "6至10位数字的商品编码；没有则不填", "an HS code of 6 to 10 digits; leave it out where there is none";
    PARCEL_HEADING: "parcel-heading", "进境物品归类表（parcel_tax.csv）中的归类；不清楚时不填", "a heading of parcel_tax.csv; leave it out where you do not know";
    PARCEL_ENTRY: "parcel-entry", "完税价格表（parcel_values.csv）中的条目；没有则不填", "an entry of parcel_values.csv; leave it out where there is none";
    PARCEL_COLUMN: "parcel-column", "表头中应有此列", "a column of this name in the first line";
    PARCEL_COLUMN_TWICE: "parcel-column-twice", "每列只出现一次", "each column once";
    PARCEL_WIDTH: "parcel-width", "与表头同样的{columns}列：请检查逗号与引号", "{columns} columns as in the first line: look at commas and quotation marks";
    PARCEL_SAME: "parcel-same", "不填，或与该包裹第一行相同", "nothing, or the same as in the parcel's first line";
    PARCEL_ONCE: "parcel-once", "同一批中每个运单号只出现一次", "each tracking number once in what is sent together";
    CODE_VOID: "code-void", "有效的追溯码：该批追溯码已由企业作废", "a code that counts: the holder declared those of this lot void";
    PARCEL_OR_TRADE: "parcel-or-trade", "物流企业编码与运单编号，或已有清单的平台编码与订单编号", "carrier's code and waybill number, or platform and order number of a trade with a list";
    LOT_OF_LIST: "lot-of-list", "该包裹清单核扣的账册、备案序号与批次之一：{lots}", "a lot that the list of this parcel took, as book, item, lot: {lots}";
    GTIN_FORM: "gtin-form", "8、12、13或14位数字的商品条码", "a GTIN of 8, 12, 13 or 14 digits";
    GTIN_CHECK: "gtin-check", "末位校验码应为{digit}：请核对商品条码", "the last digit, which checks the others, would be {digit}: look at the GTIN again";
    SET_82: "set-82", "1至{most}个字符：字母、数字或 ! \" % & ' ( ) * + , - . / : ; < = > ? _", "1 to {most} characters: letters, digits or ! \" % & ' ( ) * + , - . / : ; < = > ? _";
    DIGITAL_LINK: "digital-link", "GS1数字链接：/01/商品条码，其后可为/10/批次与/21/序列号，特殊字符用百分号编码", "a GS1 Digital Link: /01/, the GTIN, then as the case may be /10/ with the lot and /21/ with the serial number; signs in percent";
    TRACE_ID: "trace-id", "账册企业编码、冒号、14位商品条码、斜线、批次（特殊字符用百分号编码，不超过20个字符）", "the holder's code, a colon, a GTIN of 14 digits, a slash, the lot of up to 20 characters (signs in percent)";
    OWN_OPEN_BOOK: "own-open-book", "本企业在用账册：企业编码、冒号、账册号", "an open book of the holder: his code, a colon, its number";
    LOT_OF_ITEM: "lot-of-item", "账册中有批次{lot}的备案序号（其批次：{lots}）", "an item of the book with the lot {lot} (its lots: {lots})";
    LOT_RECALLED: "lot-recalled", "未被召回的批次：此批次已被{recall}召回", "a lot that is not recalled: {recall} recalls this one";
    ONE_BOOK_A_LOT: "one-book-a-lot", "{book}：同一商品条码与批次的追溯码只属于一个账册", "{book}: the codes of a lot are of one book";
    BARCODE_OF_GOODS: "barcode-of-goods", "已备案且条码为{gtin}的货号（备案条码：{barcode}）", "goods that are filed with the bar code {gtin} (filed: {barcode})";
    LOT_OF_TOO_MANY: "lot-of-too-many", "已有32家企业申领此商品条码与批次的追溯码：请另用批次号", "32 holders have codes of this lot of the goods: use a number of lot of your own";
    RECALLED_IN_BOOK: "recalled-in-book", "本企业账册中货号{goods}的批次：账册中没有此批次", "a lot of the goods {goods} in a book of the holder: no book has it";
    BONDED_ACTION: "bonded-action", "{action}：此类单证以该操作变动货物", "{action}: by that move documents of this kind move goods";
    BONDED_OVERDUE: "bonded-overdue", "先入区单证{document}申报期限为{due}：请先申报或退运，其后方可再先入区", "declare or send back first what entered by {document}, whose last day was {due}: until then nothing more enters first";
    BONDED_ARRIVED: "bonded-arrived", "运输工具抵达日期：今天或以前，且申报期限未过（按所填日期为{due}）；期限已过的，直接申报进区核注清单", "the day of arrival, today or before, from which the last day to declare has not passed (it is {due}); after it file an entry checklist at once";
    BONDED_SCAN: "bonded-scan", "本企业可见的场所作业记录的编号，或不填", "the id of a record of a site that this party may see, or nothing";
    BONDED_EXTENDED: "bonded-extended", "只能延期一次：原期限{due}已延期", "one extension: the last day was {due} before it was extended";
    BONDED_NOT_DUE: "bonded-not-due", "目前没有到期或可办理的事项（期限{due}）", "nothing is due or can be done now (the last day is {due})";
    BONDED_GUARANTEE: "bonded-guarantee", "担保额度{limit}元，已占用{used}元，尚需{amount}元：请增加担保额度或减少货物", "a guarantor with room for {amount} yuan more: the limit is {limit} yuan, {used} are used; raise it, or send out less";
    BONDED_DUTIABLE: "bonded-dutiable", "完税价格（元，大于零），商品编码在税则内", "what the goods are worth in yuan, above zero, of an HS code of the tariff";
    BONDED_EXHIBITION_DAY: "bonded-exhibition-day", "{first}至{last}之间的日期", "a day from {first} to {last}";
    RESPONSIBLE_PERSON: "responsible-person", "今日为该企业负责的人员姓名（见responsible-persons登记）", "the name of somebody who answers for the enterprise today, as the register responsible-persons has it";
    RESPONSIBLE_PERSONS: "responsible-persons", "1至{most}人", "1 to {most} persons";
    NOTED_TELEPHONE: "noted-telephone", "本人到场出示身份证件后所留、可接收验证码的完整电话号码；未留则不填", "in full, the telephone that he gave when he came and showed his identity card, and that codes reach; leave it out where he gave none";
    BONDED_DECLARATION: "bonded-declaration", "18位报关单号", "the 18 characters of a customs declaration's number";
    SITE_OF_CODE: "site-of-code", "监管场所的记录编号：经营单位编码、冒号、该场所编码", "the record of the site: its operator's code, a colon, this code";
    BAG_NUMBER: "bag-number", "1至60个字母、数字或-_.；其他单位的集包袋前加其企业编码和冒号", "1 to 60 letters, digits or -_. ; another operator's bag has his code and a colon before it";
    BAG_ONCE: "bag-once", "每个集包袋只列一次", "each bag once";
    BAG_SEALED: "bag-sealed", "未施封的集包袋：该袋已施封，请先登记拆封", "a bag that is not sealed: this one is; record first that it is unsealed";
    BAG_OPEN: "bag-open", "已施封的集包袋", "a bag that is sealed";
    BAG_AS_SEALED: "bag-as-sealed", "已施封且封志号相符的集包袋：请核对封志，不符的先登记拆封，再重新施封", "a sealed bag with the seal that was recorded: look at it; where it differs, record that it is unsealed and seal it anew";
    LIST_STOPPED: "list-stopped", "可放行的包裹：{parcel}不得放行（{why}），请取出后重新登记", "what passes: {parcel} does not ({why}); take it off and record the list anew";
    STOCK_TOO_MANY: "stock-too-many", "按品名和数量盘点：扫描记录显示在场包裹超过{most}件", "items and how many of each: by scans more than {most} parcels lie here";
    ONE_ITEM_A_LOT: "one-item-a-lot", "{item}：同一商品条码与批次的追溯码只属于一个备案序号", "{item}: the codes of a lot are of one item of the book";
    EXCHANGE_BY: "exchange-by", "已备案且未暂停的平台或申报单位的编码", "the code of a platform or declaring unit that is filed and not suspended";
    EXCHANGE_ORDER: "exchange-order", "本平台的订单，或由本企业申报清单的订单", "an order of your platform, or one whose list you declared";
    ANOTHER_ORDER: "another-order", "另一订单的编号：换货的新订单是一笔新的购买", "the number of another order: what replaces goods is a purchase of its own";
    LATER_ORDER: "later-order", "不早于原订单发送的订单", "an order that was not sent before the one of which goods come back";
    SAME_BUYER: "same-buyer", "与原订单同一订购人的订单", "an order of the buyer who returns the goods";
    RETURN_OF_ORDER: "return-of-order", "该订单已申请且未被拒绝、未失效的退货的序号：{returns}", "the number of a return of that order that was applied for and neither refused nor lapsed: {returns}";
    RETURN_EXCHANGED: "return-exchanged", "尚无换货订单的退货：该退货已有换货订单，请先撤回原登记", "a return that no order replaces: one does; withdraw that first";
    ORDER_REPLACES: "order-replaces", "尚未登记为换货的订单：该订单已登记，请先撤回原登记", "an order that replaces nothing yet: this one does; withdraw that first";
    REFUND_AMOUNT: "refund-amount", "大于零、小数不超过两位的金额（元）", "an amount in yuan above zero, with up to two decimal places";
    REFUND_AMOUNT_OR_NONE: "refund-amount-or-none", "不小于零、小数不超过两位的金额（元）", "an amount in yuan, zero or more, with up to two decimal places";
    REFUND_AT_MOST: "refund-at-most", "不超过{most}元", "at most {most} yuan";
    REFUND_EXACTLY: "refund-exactly", "应付金额：{amount}元", "the amount that is due: {amount} yuan";
    REFUND_OF_APPLICATION: "refund-of-application", "申请的商品项序号，从1起，每项一次", "the number of a line of the application, from 1, each once";
    REFUND_IN_DOUBT: "refund-in-doubt", "第{line}项的应退税额存疑，请填写核准金额", "the amount of line {line}, which is in doubt: say what is granted";
    REFUND_NOTHING: "refund-nothing", "至少核准一项；全部不退的，请不予通过并说明理由", "an amount for a line at least: where nothing is refunded, refuse and say why";
    REFUND_CHECKLIST: "refund-checklist", "已由海关接受、载明本企业为出口申报企业的进区核注清单的编号", "the id of an entry checklist that customs has accepted, with a line that names you as who declared the goods for export";
    REFUND_LINE: "refund-line", "清单中本企业申报出口的货物所在行", "a line of the checklist whose goods you declared for export";
    REFUND_AS_BOOKED: "refund-as-booked", "与账册所载一致：{booked}", "as the book has it: {booked}";
    REFUND_QUANTITY: "refund-quantity", "大于零，且不超过该行尚未申请、也未退回境内的数量{left}", "above zero, and at most what of the line was neither applied for nor went back into the country: {left}";
    REFUND_INVOICE: "refund-invoice", "本申请所列发票的号码", "the number of one of the invoices of the application";
    REFUND_INVOICE_NUMBER: "refund-invoice-number", "发票号码，8至20位数字，每张发票只列一次", "the number of an invoice, 8 to 20 digits, each invoice once";
    REFUND_INVOICE_RATE: "refund-invoice-rate", "发票所载税率（%），大于零且不超过{most}", "the rate of tax on the invoice in percent, above zero and at most {most}";
    REFUND_INVOICE_OTHERWISE: "refund-invoice-otherwise", "与另一申请就该发票所填的金额和税率一致：请核对发票", "amount and rate as another application has them of this invoice: look at it again";
    REFUND_INVOICE_LEFT: "refund-invoice-left", "不含税金额足够的发票：本申请列{claimed}元，尚可列{left}元", "an invoice with enough left: {claimed} yuan of it are claimed here, and {left} are left";
    REFUND_INVOICE_UNUSED: "refund-invoice-unused", "至少对应一项商品的发票，否则请不列", "an invoice that a line names: leave it out otherwise";
    REFUND_TERM: "refund-term", "尚在期限内的出口：该货物的申请期限为{last}", "an export whose term has not ended: the last day to apply for these goods was {last}";
    CONSOLIDATOR: "consolidator", "已备案且未暂停的物流企业或监管场所经营单位的编码", "the code of a carrier or operator of sites that is filed and not suspended";
    UNIT_SITE: "unit-site", "经批准的监管场所（经营单位编码:场所编码）：本企业经营的，或本企业包裹经由的", "an approved site, as its operator's code, a colon, its supervision code: your own, or one through which your parcels come";
    UNIT_PARCEL: "unit-parcel", "已放行、未被布控、未在办撤销且尚未离境的出口包裹：{parcel}现为{why}；请从清单或运输单元中取出，或待其放行后再办理", "an export parcel that is released, not held, not being cancelled, and has not left: {parcel} is {why}; take it off or out, or go on when it is released";
    UNIT_ELSEWHERE: "unit-elsewhere", "不在其他运输单元中的包裹：{parcel}已装入{unit}，请先从该单元取出", "a parcel that is in no unit: {parcel} is in {unit}; have it taken out there first";
    UNIT_HAS: "unit-has", "本运输单元中的散装包裹，或其中的整个集包袋；袋内包裹随袋取出", "a parcel that lies loose in this unit, or a whole bag in it: what is in a bag is taken out with the bag";
    UNIT_BAG: "unit-bag", "装入后未拆封、封志和内件均未变的集包袋：请将其取出，重新施封后再装入", "a bag that is sealed as it was put in, with the same parcels: take it out, seal it anew and put it in again";
    UNIT_EMPTY: "unit-empty", "至少装有一件包裹的运输单元；不再使用的请解散", "a unit with a parcel in it at least; dissolve one that is not used";
    UNIT_WEIGHT: "unit-weight", "毛重减皮重为{loaded}千克，与所装包裹清单毛重合计{declared}千克相差不超过{tolerance}‰：请核对所装包裹，或重新过磅", "gross less tare, {loaded} kg, within {tolerance} per mille of the {declared} kg of the lists of its parcels: check what is in it, or weigh again";
    UNIT_LEFT: "unit-left", "不早于施封、不晚于现在的离场时间", "when it left: not before it was closed, and not later than now";
    TRANSIT_BY: "transit-by", "已备案且未暂停的申报单位的编码", "the code of a declaring unit that is filed and not suspended";
    TRANSIT_OTHER_DISTRICT: "transit-other-district", "与启运地不同的关区", "another district than that of departure";
    TRANSIT_SITE: "transit-site", "启运地关区内由其他企业经营且已启用的监管场所的记录编号", "the record of an open site of another party in the district of departure";
    TRANSIT_TWICE: "transit-twice", "每份清单只列一次", "each list once";
    TRANSIT_LIST: "transit-list", "由本企业申报且现行有效的出口清单的编号", "the number of an export list that you declared and that its trade stands on";
    TRANSIT_RELEASED: "transit-released", "已放行且尚未离境的清单：该清单为{state}", "a list that is released and whose parcel has not left: this one is {state}";
    TRANSIT_HELD: "transit-held", "未被布控的包裹的清单：该包裹已被布控，解除布控后再办理", "a list whose parcel is not held: this one is held; wait until the hold is lifted";
    TRANSIT_CANCELLING: "transit-cancelling", "未在办撤单的清单：该清单的撤单申请尚未审结", "a list that nobody applied to cancel: the application for this one is not decided yet";
    TRANSIT_GATE: "transit-gate", "启运由所申请监管场所的经营单位登记", "the operator of the site that was applied for records that the goods left";
    TRANSIT_SEALED_FIRST: "transit-sealed-first", "不早于施封的启运时间", "a time that is not before the goods were sealed";
    TRANSIT_DEPARTURE: "transit-departure", "在启运地关区申报的清单：该清单的申报地海关为{district}", "a list that was declared in the district of departure: the customsCode of this one is {district}";
    TRANSIT_EXIT: "transit-exit", "出口口岸与指运地一致的出口清单：该清单的出口口岸为{district}", "a list of exports that leaves by the district of exit: the portCode of this one is {district}";
    TRANSIT_TAKEN: "transit-taken", "未列入其他未完结转关单的清单", "a list that is under no other transfer that is open";
    TRANSIT_PIECES: "transit-pieces", "各清单件数之和：{sum}", "the sum of the pieces of all lists: {sum}";
    TRANSIT_WEIGHT: "transit-weight", "各清单毛重之和（千克）：{sum}", "the sum of the gross weights of all lists in kg: {sum}";
    TRANSIT_SEALS: "transit-seals", "启运地海关施加的全部封志号；不符的按异常登记", "all seals that the office of departure put on; what differs is a variance";
    TRANSIT_AT: "transit-at", "不晚于现在、不早于启运的时间", "a time that is not to come and not before the departure";
    TRANSIT_ANOTHER_OFFICER: "transit-another-officer", "须由施封人员以外的关员确认运抵", "another officer than the one who sealed says what came";
    TRANSIT_NO_VARIANCE: "transit-no-variance", "短少、溢余或封志破损至少一项；均无的请确认运抵", "something missing, something too much or a broken seal; without any of them confirm the arrival";
    TRANSIT_AMONG: "transit-among", "本转关单中相应清单的编号，每份一次；再次核销的须少于原列", "numbers of lists of the transfer that are concerned, each once; fewer than before where it is resolved again";
    TRANSIT_OTHER_END: "transit-other-end", "此项由转关另一端的海关办理", "the office at the other end of the transfer makes this move";
    TAX_LEAVE_ID: "tax-leave-id", "本企业编码、冒号、所申请的关区代码", "your code, a colon, the district that is applied to";
    TAX_LEAVE_TERM: "tax-leave-term", "不早于起始日和今天、自起始日起不超过{months}个月的日期：最迟{last}", "a day not before the first day and today, at most {months} months after the first day: {last} at the latest";
    TAX_GUARANTEE: "tax-guarantee", "已备案且未暂停、名下有税款担保的企业的编码", "the code of an enterprise that is filed and not suspended, with a guarantee for taxes in its name";
    TAX_LEAVE_OVER: "tax-leave-over", "尚未到期的申请：请重新申请", "a term that is not over: have it applied for again";
    TAX_LATE: "tax-late", "无逾期未缴的汇总税单：{statement}逾期未缴", "no statement that is overdue: {statement} is not paid";
    TAX_MONTH: "tax-month", "当月结束后一次缴清：自{from}起", "a month that is over, as all of it is paid at once: from {from} on";
    TAX_CHANGED: "tax-changed", "与各票税单现状一致的汇总税单：请稍后重新读取", "a statement as its bills are now: read it again in a while";
    MARKET_PLACE: "market-place", "已启用且可开展市场采购（1039）的市场（园区）的记录编号", "the record of a market: a park that works and may do market procurement (1039)";
    MARKET_STALL: "market-stall", "已备案且未暂停、当日为该市场商户的企业：请由市场经营单位登记为入驻企业", "a merchant that is filed, not suspended and a tenant of the market today: have its operator name him among the tenants";
    MARKET_AGENT: "market-agent", "供货商以外、已备案且未暂停的申报单位或外贸企业的编码", "the code of a declaring unit or trader that is filed, not suspended and not the stallholder himself";
    MARKET_DECLARANT: "market-declarant", "已备案且未暂停的申报单位或外贸企业的编码", "the code of a declaring unit or trader that is filed and not suspended";
    MARKET_CODE: "market-code", "十位商品编码", "ten digits of an HS code";
    MARKET_GROSS: "market-gross", "不小于各项净重之和{sum}千克的毛重", "a gross weight not below the net weights of its lines, {sum} kg";
    MARKET_EXCLUDED: "market-excluded", "可按市场采购出口的商品：编码{hs}项下商品不适用（{source}），请改用其他贸易方式", "goods that market procurement is for: those under {hs} are not ({source}); declare them in another mode";
    MARKET_SLIP: "market-slip", "由本企业确认的交易单的编号", "the id of a slip that you confirmed";
    MARKET_SLIP_STATE: "market-slip-state", "已确认且未列入其他组货申报的交易单：该单为{state}", "a slip that is confirmed and in no other declaration: this one is {state}";
    MARKET_TWICE: "market-twice", "每份交易单只列一次", "each slip once";
    MARKET_SAME: "market-same", "与组货申报一致：{declared}；不一致的请另行申报", "as the declaration has it, {declared}: what differs is declared by itself";
    MARKET_SUM: "market-sum", "各交易单之和：{sum}", "the exact sum of its slips: {sum}";
    MARKET_DISTRICT: "market-district", "市场所在地海关：{district}", "the customs district of the market: {district}";
    MARKET_EXEMPT: "market-exempt", "免征增值税：市场采购不予退税，需退税的请按一般贸易申报", "exempt: nothing is refunded of goods of market procurement; declare goods with a refund in general trade";
    MARKET_LIMIT: "market-limit", "每份报关单不超过{most}{unit}：该单为{worth}，请分单申报", "at most {most} {unit} a declaration: this one is worth {worth}; declare it in parts";
    MARKET_UNCONVERTED: "market-unconverted", "当日有汇率的币种：无法与限额比较，由关员核定", "a currency with a rate of that day: it cannot be held against the limit, so an officer decides";
    MARKET_KINDS: "market-kinds", "品种多于{most}种的方可简化申报：该单为{kinds}种，请逐项申报", "more than {most} kinds of goods for a summary: this has {kinds}; declare each by itself";
    MARKET_DUTIABLE: "market-dutiable", "应征出口关税的商品（{hs}）不得简化申报：请逐项申报", "no goods that bear an export duty ({hs}) in a summary: declare each by itself";
    MARKET_NUMBER: "market-number", "十八位报关单编号", "the 18 digits of a customs declaration's number";
    MARKET_AMONG: "market-among", "本组货申报所列交易单的编号", "the id of one of the slips of the declaration";
    MARKET_LOOK: "market-look", "须先查验（{why}）：请布控查验并登记结果", "a look at its goods first ({why}): call for it and record what it found";
    MARKET_DIFFERS: "market-differs", "查验结果一致的申报：不一致的请不予通过，更正后重新申报", "a look that found what was declared: refuse it otherwise, so that it is corrected and declared again";
    MARKET_RECEIPT_ONCE: "market-receipt-once", "尚未用于其他组货申报的收汇单号：每笔收汇只登记一次", "a receipt that no declaration has: each is recorded once";
    MARKET_PAYEE: "market-payee", "申报单位，或所列交易单的供货商", "whoever declares, or a stallholder of one of its slips";
    MARKET_RECEIVED: "market-received", "不超过尚未收汇的金额{left}", "at most what is still to come: {left}";
    MARKET_SHORT: "market-short", "收汇合计不少于{least}（申报总额{total}）：请登记其余收汇，或请海关说明理由后办结", "receipts of {least} at least, of a total of {total}: record the others, or have customs close it with the reason";
    PARCEL_CODE: "parcel-code", "本企业备案的海关编码{code}，不用统一社会信用代码", "the code by which the giver is filed, {code}, not his other one";
}
