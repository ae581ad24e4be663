package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Boots;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.text.Timestamps;
import java.util.List;
import java.util.Set;

/// Says which hosts and boots an answer is of.
final class Places {
    private static final int HOSTS_NAMED = 5;

    private final Reading reading;
    private final Filters filters;
    private final Notices notices;

    Places(Reading reading, Filters filters, Notices notices) {
        this.reading = reading;
        this.filters = filters;
        this.notices = notices;
    }

    /// Notes them when there are several: events are in their order then, not in that of time alone.
    ///
    /// @param chosen ids of the boots that were chosen; null for all
    void noteOrder(List<String> chosen) {
        Timestamps times = new Timestamps(reading.zone());
        List<Boots.Boot> seen = reading.boots().stream()
                .filter(boot -> boot.touches(reading.span()) && (chosen == null || chosen.contains(boot.id()))).toList();
        List<String> hosts = seen.stream().map(Boots.Boot::host).distinct().toList();
        if (hosts.size() > 1) {
            int more = hosts.size() - HOSTS_NAMED;
            notices.note(hosts.size() + " hosts, in the order of their wall clocks: "
                    + String.join(", ", hosts.subList(0, Math.min(hosts.size(), HOSTS_NAMED)))
                    + (more > 0 ? " and " + more + " more" : ""));
        } else if (seen.size() > 1) {
            List<String> spans = seen.stream().map(boot -> times.brief(Window.ofMicros(boot.firstMicros()), " to ",
                    Window.ofMicros(boot.lastMicros()))).toList();
            notices.note(seen.size() + " boots, one behind the other: from " + (spans.size() <= 3 ? String.join(", then from ", spans)
                    : spans.getFirst() + ", and so on; the last from " + spans.getLast()));
        }
    }

    /// Notes hosts that were asked for and are not there.
    void noteUnknownHosts() {
        List<String> unknown = filters.hosts().stream().filter(host -> !reading.hosts().contains(host)).toList();
        if (!unknown.isEmpty()) {
            Set<String> all = Evidence.of(reading.evidence().folder(), List.of()).hosts();
            notices.note("no host " + String.join(", ", unknown) + " in this recording"
                    + (all.isEmpty() ? "" : ": there are " + String.join(", ", all)));
        }
    }
}
