package exitbox.recorder.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Unprivileged: reads the compiled object's types only.
class LayoutsTest {

    @Test
    void everyRecordBeginsWithTheHeader() {
        for (RecordLayout layout : Layouts.read()) {
            assertEquals(new Field("table", 0, 4), layout.field("table"), layout.struct());
            assertEquals(new Field("cpu", 4, 4), layout.field("cpu"), layout.struct());
            assertEquals(new Field("mono_ns", 8, 8), layout.field("mono_ns"), layout.struct());
            assertEquals(new Field("boot_ns", 16, 8), layout.field("boot_ns"), layout.struct());
        }
    }

    @Test
    void fieldsFillTheStructWithoutHoles() {
        for (RecordLayout layout : Layouts.read()) {
            int end = 0;
            for (Field field : layout.fields()) {
                assertEquals(end, field.offset(), () -> layout.struct() + "." + field.name());
                end = field.offset() + field.size();
            }
            assertEquals(end, layout.size(), layout.struct());
        }
    }

    @Test
    void everyColumnThatIsDecodedHasItsField() {
        assertEquals(List.of(), SpoolDecoder.misfits(Layouts.read()));
    }

    @Test
    void arraysAreOneField() {
        RecordLayout heartbeat = Layouts.read().stream()
                .filter(layout -> layout.struct().equals("heartbeat_record"))
                .findFirst().orElseThrow();
        assertEquals(8 * Counters.TABLES, heartbeat.field("seen").size());
        assertTrue(heartbeat.find("lost") != null);
    }
}
