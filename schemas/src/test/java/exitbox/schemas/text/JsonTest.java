package exitbox.schemas.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Facts survive the way into JSON and back; what is no JSON object is an IOException, never something else.
class JsonTest {
    @Test
    void roundTrip() throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", "a \"quoted\" line\nand \u001b and \u2028 and 🦊");
        facts.put("least", Long.MIN_VALUE);
        facts.put("most", Long.MAX_VALUE);
        facts.put("half", 0.5);
        facts.put("yes", true);
        facts.put("nothing", null);
        facts.put("list", Arrays.asList(1L, "two", null, List.of(), Map.of("deep", false)));
        String text = Json.write(facts);
        assertEquals(facts, Json.readObject(text));
        assertEquals(-1, text.indexOf('\n'), "one line: " + text);
        assertEquals(List.copyOf(facts.keySet()), List.copyOf(Json.readObject(text).keySet()), "in order");
    }

    @Test
    void whatIsNoObject() {
        for (String text : List.of("", "x", "[]", "1", "null", "{", "{\"a\"", "{\"a\":", "{\"a\":[1", "{\"a\":1}{", "{\"a\":1} x",
                "{\"a\":01}", "{\"a\":null,\"a\":1}", "{\"a\":[{\"b\":1,\"\\u0062\":1}]}",
                "{\"a\":123456789012345678901234567890}", "{\"a\":NaN}", "{a:1}", "{'a':1}", "{\"a\":" + "[".repeat(100_000))) {
            assertThrows(IOException.class, () -> Json.readObject(text), text);
        }
    }

    @Test
    void everyCutOfAnObjectIsNoObject() {
        String text = Json.write(Map.of("a", List.of(1L, Map.of("b", "c"))));
        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThrows(IOException.class, () -> Json.readObject(cut), cut);
        }
    }
}
