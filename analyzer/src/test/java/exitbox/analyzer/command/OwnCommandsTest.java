package exitbox.analyzer.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.analyzer.who.Own;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A new command is one by which exitbox knows its own processes again.
class OwnCommandsTest {
    @Test
    void allButThoseOfOtherPrograms() {
        assertEquals(Exitbox.COMMANDS.stream().filter(command -> !List.of("record", "install").contains(command)).toList(), Own.COMMANDS);
    }
}
