# SPDX-License-Identifier: MIT
"""
sixty.py - sixty posts as patients write them: twenty in English, Malay and
Chinese each, with their spelling, their phones and their mixtures.

A line: name, phone as typed, concerns and reasons that were ticked, how to be
reached, days and times, the note, and whatever else the form had. To add one: a
line; test_sixty_patients.py says who sends it how by its place in the list.
"""

CHILD = {"age_18_or_over": "no", "guardian_relation": "mother"}


def mail(address):
    return {"contact_method": "email", "email": address}


EN = [
    ("Tan Mei Ling", "9123 4501", "enlarged-pores excess-oil", "otc-not-effective", "whatsapp", "sat any",
     "Hi, my nose n cheeks pores damn big, tried so many toner oso no use 😭", {}),
    ("Siti Nurhaliza Bte Ahmad", "+65 8123-4502", "congestion-buildup", "", "phone", "mon wed evening",
     "blackheads keep comming back. pls dont call during office hrs", {"best_time_to_call": "after 6.30pm"}),
    ("Rajendran s/o Muthu", "(65) 9123 4503", "acne-scarring uneven-texture", "scarring-or-texture", "whatsapp", "",
     "Ice pick scars since NS days. Anything safe for indian skin?", {}),
    ("Jean O'Neil-Wong", "9123-4504", "elasticity-loss skin-laxity", "noticeable-with-age", None, "tue thu morning",
     "I'm 53, everything is heading south :) Wedding of my son on 12 Dec", mail("jean.oneil+skin@example.com")),
    ("lim ah beng", "91234505", "not-sure", "", "phone", "any",
     "dunno leh. wife ask me to come see doctor about my face", {}),
    ("Priya Nair", "WhatsApp: 91234506", "sun-damage", "wants-safe-options", "whatsapp", "sun any",
     "Lots of sailing, never wore sunscreen. What are my options, and is it safe if breastfeeding?", {}),
    ("Chloe Ang", "8123 4507", "excess-oil genetic-skin-type", "", "whatsapp", "sat afternoon",
     "my daughter Chloe is 15, super oily T zone like her dad",
     {**CHILD, "guardian_name": "Ang Siew Hoon", "guardian_phone": "9123 4567"}),
    ("J. Smith", "+44 20 7946 0958", "other-concern", "", None, "",
     "I'm in Singapore for two weeks only. Do you do mole checks?", mail("j.smith@example.co.uk")),
    ("Wong Kah Wai (David)", "9123 45 09", "enlarged-pores", "", "whatsapp", "fri evening", "", {}),
    ("Nadia", "9123.4510", "uneven-texture congestion-buildup", "otc-not-effective", "whatsapp", "any any",
     "skin feels like sandpaper + tiny bumps on forehead. used cosrx n paula's choice 6 mths, nothing happen", {}),
    ("Goh Swee Leng", "６１２３４５１１", "skin-laxity", "noticeable-with-age", "phone", "mon tue wed morning",
     "Please call my house line, I have no whatsapp. Hearing not so good so speak slowly.", {}),
    ("Kevin Teo", "91234512", "acne-scarring", "", "whatsapp", "sat any",
     "did 3x pico at other clinic, scars still there. fraxel better meh?? 🤔", {}),
    ("Hui Min 慧敏", "9123 4513", "enlarged-pores excess-oil congestion-buildup", "", "whatsapp", "thu any",
     "鼻子 blackheads + oily, 想问 chemical peel 会不会痛 thanks!!", {}),
    ("Amanda de Souza", "9123 4514", "genetic-skin-type", "", None, "",
     "combination skin all my life, mum and aunties same. No rush, email is best.", mail("amanda_ds@example.com")),
    ("Zulkifli", "9123 4515", "excess-oil", "wants-safe-options", "phone", "any evening",
     "my face is like oil slick by 11am bro", {"visited_before": "no"}),
    ("Ng Xiu Ying", "9123 4516", "not-sure", "", "whatsapp", "",
     "Not oily, no scars, not sagging. Just want someone to look at my skin.", {}),
    ("Ryan Pereira", "8123 4517", "acne-scarring enlarged-pores", "", "whatsapp", "sat sun any",
     "On accutane till last month, is it ok to laser? I'm 17, my mum will come along",
     {**CHILD, "guardian_name": "Maria Pereira", "guardian_phone": "+65 9123 4568"}),
    ("Mdm Kaur", "9123 4518", "elasticity-loss sun-damage", "noticeable-with-age", "phone", "wed afternoon",
     "pores become long long shape on cheek after menopause", {}),
    ("T", "9123 4519", "other-concern", "", "whatsapp", "", "?", {}),
    ("Ong Boon Kiat", "6591234520", "uneven-texture", "", "whatsapp", "any any",
     "Line 1: rough skin\nLine 2: \"orange peel\" on chin & nose <3\nLine 3: 100% serious", {}),
]

MS = [
    ("Nur Aisyah binti Ali", "8223 4501", "enlarged-pores", "otc-not-effective", "whatsapp", "sat any",
     "Pori kat hidung besar sgt, dah cuba mcm2 serum tp x jalan 😩", {}),
    ("Mohd Faizal", "+60 12-345 6701", "excess-oil", "", "whatsapp", "any evening",
     "muka sy berminyak gila tghari je dah berkilat", {}),
    ("Wan Norhayati", "+60 13 345 6702", "skin-laxity elasticity-loss", "noticeable-with-age", "phone", "mon morning",
     "Umur 48, kulit dah kendur & pori makin nampak. Boleh call lepas zohor?", {"best_time_to_call": "2-4 petang"}),
    ("Hafiz Rahman", "8223 4504", "acne-scarring", "", "whatsapp", "sat any",
     "parut jerawat dalam kat pipi kiri kanan, jerawat dah takde", {}),
    ("Farah", "8223 4505", "not-sure", "", "whatsapp", "", "x pasti.. nak doktor tgk dulu", {}),
    ("Siti Aminah", "8223 4506", "sun-damage", "wants-safe-options", "phone", "tue afternoon",
     "kerja bawah matahari 10 tahun, skrg menyusu. selamat ke rawatan laser?", {}),
    ("Danish Haikal", "8223 4507", "congestion-buildup excess-oil", "", "whatsapp", "sat any",
     "anak saya tingkatan 3, hidung penuh blackhead dan malu nak ke sekolah",
     {**CHILD, "guardian_name": "Rohani bt Salleh", "guardian_phone": "8223 4568"}),
    ("Noraini Ismail", "8223 4508", "uneven-texture", "", None, "",
     "Kulit tak rata, rasa menggerutu bila sentuh. Sila emel sahaja.", mail("noraini.ismail@example.my")),
    ("Azman", "8223-4509", "genetic-skin-type", "", "whatsapp", "any any",
     "dari kecik mmg kulit minyak, adik beradik semua sama", {}),
    ("Khairul Anuar", "8223 4510", "other-concern", "", "whatsapp", "", "ada tahi lalat nak buang boleh?", {}),
    ("Puteri Balqis", "8223 4511", "enlarged-pores congestion-buildup", "", "whatsapp", "fri any",
     "assalamualaikum dr 😊 pori tersumbat & whitehead byk kat dagu, nak nikah bln 12 ni", {}),
    ("Lee Mei Fong", "+60 16-345 6712", "excess-oil enlarged-pores", "", "whatsapp", "sun any",
     "saya duduk JB. muka oily, pore besar. weekend je boleh", {}),
    ("Zainab Omar", "8223 4513", "elasticity-loss", "noticeable-with-age", "phone", "mon tue morning", "", {}),
    ("Iskandar", "8223 4514", "acne-scarring uneven-texture", "", None, "",
     "parut lekuk2 (boxcar?) dulu buat microneedling kat salon tp tak puas hati", mail("is_kandar99@example.com")),
    ("Rosmah", "8223 4515", "skin-laxity", "", "phone", "wed evening",
     "pipi jatuh. takut jarum.", {"visited_before": "not-sure"}),
    ("Amirul", "8223 4516", "not-sure", "", "whatsapp", "any any",
     "Kulit saya tak berminyak dan tak ada parut. Cuma nak tahu kulit jenis apa", {}),
    ("Nurin Qistina", "8223 4517", "excess-oil", "", "whatsapp", "sat any",
     "umur 16, muka berminyak teruk lepas main netball",
     {**CHILD, "guardian_name": "Fauziah", "guardian_phone": "+60 12 345 6768", "guardian_relation": "ibu"}),
    ("Shahrul Nizam Abd. Latif", "8223 4518", "sun-damage uneven-texture", "", "whatsapp", "thu any",
     "mancing hari2 kena matahari, kulit tebal dan kasar mcm kulit limau", {}),
    ("Ika", "8223 4519", "congestion-buildup", "otc-not-effective", "whatsapp", "",
     "Dah picit, dah scrub, dah pakai pore strip, esok ada balik!!! 😤😤", {}),
    ("Salmah d/o Ibrahim", "8223 4520", "genetic-skin-type enlarged-pores", "wants-safe-options", "phone", "any any",
     "Mak saya pun sama pori besar. Ada kencing manis, boleh buat rawatan ke?", {}),
]

ZH = [
    ("陈美玲", "9323 4501", "enlarged-pores", "otc-not-effective", "whatsapp", "sat any",
     "鼻翼两边毛孔超大，精华用了三四瓶没什么用😭", {}),
    ("林志强", "+65 9323 4502", "excess-oil", "", "phone", "mon evening",
     "T区出油很厉害，下午脸就反光", {"best_time_to_call": "晚上8点后"}),
    ("王 秀英", "9323 4503", "skin-laxity elasticity-loss", "noticeable-with-age", "phone", "tue wed morning",
     "今年56，脸松了，毛孔变长，打电话请讲华语", {}),
    ("黄家豪 Jason", "9323 4504", "acne-scarring", "", "whatsapp", "sat any",
     "以前长痘留下的坑，想问 fractional laser 一次多少钱", {}),
    ("李娜", "+86 138 1234 5605", "not-sure", "", "whatsapp", "", "不太清楚自己是什么问题，想给医生看看", {}),
    ("吴佩珊", "9323 4506", "sun-damage", "wants-safe-options", None, "",
     "常年户外工作，晒伤很多次，目前备孕，有什么安全的方法？", mail("peishan.wu@example.com")),
    ("张浩然", "9323 4507", "excess-oil congestion-buildup", "", "whatsapp", "sat any",
     "儿子读中三，满脸油，鼻头全是黑头",
     {**CHILD, "guardian_name": "张太太", "guardian_phone": "9323 4567", "guardian_relation": "妈妈"}),
    ("周杰", "9323 4508", "uneven-texture", "", "whatsapp", "any any", "皮肤摸起来粗粗的 有点像橘子皮", {}),
    ("郑雅文", "9323 4509", "genetic-skin-type", "", "whatsapp", "", "从小就是混合肌，我妈也是", {}),
    ("刘先生", "9323 4510", "other-concern", "", "phone", "any morning", "我想点痣", {}),
    ("陳淑芬", "９３２３４５１１", "enlarged-pores congestion-buildup", "", "whatsapp", "fri any",
     "毛孔粗大、粉刺一直長，12月要拍婚紗，來得及嗎？", {}),
    ("何晓彤", "9323 4512", "excess-oil enlarged-pores", "", "whatsapp", "sun any",
     "脸很油but两颊很干，是不是外油内干啊？", {}),
    ("蔡美娟", "9323 4513", "elasticity-loss", "noticeable-with-age", "phone", "mon any", "", {}),
    ("徐磊", "9323 4514", "acne-scarring uneven-texture", "", None, "",
     "痘坑+肤质不平，做过两次黄金微针，效果一般", mail("xulei88@example.cn")),
    ("马丽", "9323 4515", "skin-laxity", "", "whatsapp", "wed evening", "法令纹那里垂下来了，怕痛，可以不打针吗", {}),
    ("曾国栋", "9323 4516", "not-sure", "", "whatsapp", "any any", "没有出油，也没有痘疤，只是太太说我该来看看", {}),
    ("苏婷", "9323 4517", "acne-scarring", "", "whatsapp", "sat any",
     "我16岁，脸上有痘印，妈妈陪我来",
     {**CHILD, "guardian_name": "苏太 Mrs Soh", "guardian_phone": "9323 4568", "guardian_relation": "mum"}),
    ("Fatimah 法蒂玛", "9323 4518", "sun-damage uneven-texture", "", "whatsapp", "thu any",
     "晒多了皮肤变厚变粗，nak tanya boleh buat peel tak?", {}),
    ("小猫", "9323 4519", "congestion-buildup", "otc-not-effective", "whatsapp", "",
     "黑头导出液、撕拉鼻贴都试过，过几天又来🙃", {}),
    ("欧阳文慧", "9323 4520", "genetic-skin-type enlarged-pores", "wants-safe-options", "phone", "any any",
     "家里人毛孔都大，想了解一下有没有副作用小的疗程", {}),
]

LANGUAGES = [("en", EN), ("ms", MS), ("zh-Hans", ZH)]


def posts():
    """Each as (language, the pairs of its form)."""
    for language, lines in LANGUAGES:
        for name, number, concerns, reasons, method, when, note, other in lines:
            *days, parts = when.split() or [""]
            rows = [("lang", language), ("full_name", name), ("phone", number)]
            rows += [("concerns", c) for c in concerns.split()] + [("reasons", r) for r in reasons.split()]
            rows += [("preferred_days", day) for day in days] + [("preferred_parts", parts)] * bool(parts)
            rows += [("note", note)] * bool(note) + [("contact_method", method)] * bool(method)
            yield language, rows + list(other.items()) + [("age_18_or_over", "yes")] * (
                "age_18_or_over" not in other) + [("consent", "yes")]
