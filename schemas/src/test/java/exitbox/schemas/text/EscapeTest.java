package exitbox.schemas.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever bytes a name has, its text is valid UTF-8 without anything that moves a terminal's cursor, and leads back to the bytes.
class EscapeTest {
    @Test
    void allOneAndTwoByteNames() throws CharacterCodingException {
        for (int first = 0; first < 256; first++) {
            check((byte) first);
            for (int second = 0; second < 256; second++) {
                check((byte) first, (byte) second);
            }
        }
    }

    @Test
    void randomBytes() throws CharacterCodingException {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] raw = new byte[random.nextInt(16)];
            random.nextBytes(raw);
            check(raw);
        }
    }

    @Test
    void everyCodePoint() throws CharacterCodingException {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                check(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void looksLikeThis() {
        assertEquals("nginx: worker", escaped("nginx: worker"));
        assertEquals("Grüße 日本 🦊", escaped("Grüße 日本 🦊"));
        assertEquals("C:\\\\x41", escaped("C:\\x41"));
        assertEquals("\\x1b[31mred\\x0a", escaped("\u001b[31mred\n"));
        assertEquals("\\xc2\\x9b31m", escaped("\u009b31m"));
        assertEquals("\\xe2\\x80\\xaetxt.exe", escaped("\u202etxt.exe"));
        assertEquals("ss\\xe2\\x80\\x8bhd", escaped("ss\u200bhd"), "nobody could tell it from sshd");
        assertEquals("sshd\\xf3\\xa0\\x81\\x81", escaped("sshd\udb40\udc41"));
        assertEquals("\\xff\\xc3", Escape.escape(new byte[]{(byte) 0xff, (byte) 0xc3}));
        assertEquals("\\xed\\xa0\\x80", Escape.escape(HexFormat.of().parseHex("eda080")), "a surrogate is no UTF-8");
        assertEquals("\\xc0\\x80", Escape.escape(HexFormat.of().parseHex("c080")), "nor is a form longer than needed");
        assertEquals("\\xf4\\x90\\x80\\x80", Escape.escape(HexFormat.of().parseHex("f4908080")), "nor is what lies beyond U+10FFFF");
    }

    @Test
    void aPartOfAnArray() {
        byte[] raw = "xxab\u001bcxx".getBytes(StandardCharsets.UTF_8);
        assertEquals("ab\\x1bc", new String(Escape.escape(raw, 2, 4), StandardCharsets.UTF_8));
    }

    @Test
    void textThatNobodyEscapedStandsForItself() {
        for (String text : new String[]{"\\", "\\x", "\\x4", "\\xzz", "\\x-1", "\\q", "a\\"}) {
            assertEquals(text, new String(Escape.unescape(text), StandardCharsets.UTF_8));
        }
    }

    private static String escaped(String text) {
        return Escape.escape(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void check(byte... raw) throws CharacterCodingException {
        byte[] escaped = Escape.escape(raw, 0, raw.length);
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(escaped)).toString();
        assertTrue(text.codePoints().noneMatch(EscapeTest::isDangerous), () -> HexFormat.of().formatHex(raw) + " became " + text);
        assertArrayEquals(raw, Escape.unescape(text), () -> HexFormat.of().formatHex(raw) + " became " + text);
    }

    // Of Unicode's own properties, so that the list in Escape is checked against another one.
    private static boolean isDangerous(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR || switch (Character.getDirectionality(c)) {
                    case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING, Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
                            Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING, Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
                            Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT, Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
                            Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE, Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
                            Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE ->
                            true;
                    default -> c == 0x200e || c == 0x200f || c == 0x61c;
                };
    }
}
