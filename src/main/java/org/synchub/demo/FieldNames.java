package org.synchub.demo;

import java.util.List;
import java.util.Random;

/** Invented names in the scripts and spellings that a registry must carry unharmed. */
record FieldNames(List<String> surnames, List<String> women, List<String> men) {

    private static final FieldNames LAO_IN_LATIN = new FieldNames(
            List.of(
                    "Keomany",
                    "Inthavong",
                    "Luangrath",
                    "Phommachanh",
                    "Sisavath",
                    "Vongdara",
                    "Xayasane",
                    "Bounyavong"),
            List.of("Noy", "Latsamy", "Dao", "Chanthala", "Keo", "Manivanh", "Souphaphone", "Bouavanh"),
            List.of("Thong", "Bounmy", "Khamla", "Somchay", "Vilay", "Phonesavanh", "Kongkeo", "Sengdao"));

    private static final FieldNames LAO = new FieldNames(
            List.of("ແກ້ວມະນີ", "ອິນທະວົງ", "ຫຼວງລາດ", "ພົມມະຈັນ"),
            List.of("ນ້ອຍ", "ດາວ", "ຈັນທະລາ", "ແກ້ວ"),
            List.of("ທອງ", "ບຸນມີ", "ຄຳຫຼ້າ", "ສົມໄຊ"));

    private static final FieldNames ARABIC = new FieldNames(
            List.of("الحسن", "بن علي", "المصري", "أبو بكر"),
            List.of("فاطمة", "مريم", "نور", "آمنة"),
            List.of("محمد", "أحمد", "يوسف", "عبد الرحمن"));

    private static final FieldNames CHINESE_JAPANESE_KOREAN = new FieldNames(
            List.of("王", "李", "山田", "김"), List.of("小红", "美玲", "さくら", "지우"), List.of("伟", "建国", "太郎", "민준"));

    // "Zoë" and "Jose" below are written with combining marks: canonically equal to, but not the same as, the usual
    // ones.
    private static final FieldNames ACCENTED = new FieldNames(
            List.of("Núñez", "Müller", "Nguyễn", "Šimůnek", "Öztürk"),
            List.of("Zoe\u0308", "Renée", "Şebnem", "Chloé", "Thị Hạnh"),
            List.of("Jose\u0301", "Jürgen", "Łukasz", "Đức", "Çağrı"));

    private static final FieldNames WITH_APOSTROPHES = new FieldNames(
            List.of("O'Brien", "D'Souza", "M’Bala", "N'Diaye"),
            List.of("Mary \"May\"", "Anne-Marie", "Ka'iulani", "Aoife"),
            List.of("Seán", "Jean-Luc", "Ma'moun", "Back\\slash"));

    static FieldNames any(Random random) {
        int percent = random.nextInt(100);
        if (percent < 46) {
            return LAO_IN_LATIN;
        } else if (percent < 62) {
            return LAO;
        } else if (percent < 71) {
            return ARABIC;
        } else if (percent < 80) {
            return CHINESE_JAPANESE_KOREAN;
        } else if (percent < 91) {
            return ACCENTED;
        }
        return WITH_APOSTROPHES;
    }

    String surname(Random random) {
        return pick(surnames, random);
    }

    String firstName(boolean woman, Random random) {
        return pick(woman ? women : men, random);
    }

    private static String pick(List<String> names, Random random) {
        return names.get(random.nextInt(names.size()));
    }
}
