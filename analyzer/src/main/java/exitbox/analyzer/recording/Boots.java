package exitbox.analyzer.recording;

import exitbox.analyzer.filter.Window;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The boots whose rows a recording has, those of a host in the order they happened: by seq, which no clock moves.
public final class Boots {
    private final Map<String, Boot> boots = new LinkedHashMap<>();

    /// A boot of a host as far as it was recorded. Times are wall time, microseconds since 1970.
    ///
    /// @param beganMicros when the machine booted; the earliest that its clock ever made of that
    public record Boot(String host, String id, long firstSeq, long firstMicros, long lastMicros, long beganMicros) {
        Boot with(Boot other) {
            return new Boot(host, id, Math.min(firstSeq, other.firstSeq), Math.min(firstMicros, other.firstMicros),
                    Math.max(lastMicros, other.lastMicros), Math.min(beganMicros, other.beganMicros));
        }

        /// Whether it has rows in the window.
        public boolean touches(Window window) {
            return window.touches(Window.ofMicros(firstMicros), Window.ofMicros(lastMicros));
        }
    }

    /// The boots of a recording's sealed part.
    static Boots of(Evidence evidence) {
        Boots boots = new Boots();
        for (SealedSpool spool : evidence.sealed()) {
            for (SegmentFile file : spool.files()) {
                boots.add(new Boot(spool.host(), spool.bootId(), file.firstSeq(), file.firstMicros(), file.lastMicros(),
                        file.firstMicros() - file.firstBootNs() / 1_000));
            }
        }
        return boots;
    }

    void add(Boot boot) {
        boots.merge(boot.host + '\n' + boot.id, boot, Boot::with);
    }

    /// These and others.
    public Boots and(Boots others) {
        Boots all = new Boots();
        boots.values().forEach(all::add);
        others.boots.values().forEach(all::add);
        return all;
    }

    /// All of them, by host, then in their order.
    public List<Boot> list() {
        List<Boot> list = new ArrayList<>(boots.values());
        list.sort(Comparator.comparing(Boot::host).thenComparing(Boot::firstSeq));
        return list;
    }
}
