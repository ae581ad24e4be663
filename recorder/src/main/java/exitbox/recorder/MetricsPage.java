package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.schemas.contract.Table;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongBiFunction;

/// A run's figures for Prometheus, as of its last heartbeat. One thread at a time.
final class MetricsPage {
    /// Tables whose rows come from the kernel; the recorder's own are not counted there.
    private static final Set<Table> COUNTED = EnumSet.of(Table.EXITS, Table.THREAD_EXITS, Table.EXECS, Table.FORKS, Table.SIGNALS,
            Table.OOMS, Table.RUNQS, Table.TASKS, Table.HEARTBEATS);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Supplier<Vitals> vitals;
    private Vitals now;

    /// @param vitals null before the first heartbeat: then there are no figures yet
    /// @param heartbeatRealNs wall time of the last heartbeat that came through the ring; 0 when none has
    /// @param hook where deaths are seen
    MetricsPage(Supplier<Vitals> vitals, LongSupplier heartbeatRealNs, Clock clock, String version, String hook) {
        this.vitals = vitals;
        perTable("exitbox_events", "Events that were recorded.", Vitals::written);
        perTable("exitbox_filtered_events", "Events that filters left out.", Vitals::filtered);
        perTable("exitbox_lost_events", "Events that are known to be lost.", Vitals::lost);
        perRing("exitbox_ring_fill", "What waits in the kernel's rings for the recorder.", Vitals.Fill::fillBytes);
        perRing("exitbox_ring_size", "How much the kernel's rings hold.", Vitals.Fill::bytes);
        gauge("exitbox_spool_size", "The open spool: what is recorded and not yet sealed.", Unit.BYTES, Vitals::spoolBytes);
        gauge("exitbox_spool_age", "Since when the open spool is written.", Unit.SECONDS,
                run -> Math.max(clock.bootNs() - run.spoolBootNs(), 0) / 1e9);
        CounterWithCallback.builder().name("exitbox_sealed").unit(Unit.BYTES).help("Segments that this run has sealed.")
                .callback(data -> {
                    if (now != null) {
                        data.call(now.retiredBytes());
                    }
                }).register(registry);
        gauge("exitbox_last_heartbeat_timestamp", "When the last heartbeat came through the kernel's ring, since 1970.", Unit.SECONDS,
                run -> heartbeatRealNs.getAsLong() / 1e9);
        Info build =
                Info.builder().name("exitbox_build").help("The recorder that runs, and where it sees deaths.").labelNames("version", "hook")
                        .register(registry);
        build.setLabelValues(version, hook);
    }

    private void perTable(String name, String help, ToLongBiFunction<Vitals, Table> count) {
        // Counted on several CPUs and read one after the other: a count can seem to go back by one, and may not.
        Map<Table, Long> most = new EnumMap<>(Table.class);
        CounterWithCallback.builder().name(name).help(help).labelNames("table").callback(data -> {
            if (now != null) {
                COUNTED.forEach(table -> data.call(most.merge(table, count.applyAsLong(now, table), Math::max), table.sqlName()));
            }
        }).register(registry);
    }

    private void perRing(String name, String help, ToDoubleFunction<Vitals.Fill> value) {
        GaugeWithCallback.builder().name(name).unit(Unit.BYTES).help(help).labelNames("ring").callback(data -> {
            if (now != null) {
                data.call(value.applyAsDouble(now.deaths()), "deaths");
                data.call(value.applyAsDouble(now.events()), "events");
            }
        }).register(registry);
    }

    private void gauge(String name, String help, Unit unit, ToDoubleFunction<Vitals> value) {
        GaugeWithCallback.builder().name(name).unit(unit).help(help).callback(data -> {
            if (now != null) {
                data.call(value.applyAsDouble(now));
            }
        }).register(registry);
    }

    /// The page, and what it is.
    record Page(String contentType, byte[] bytes) {}

    /// @param accept the request's header of this name, which may ask for OpenMetrics; null when it has none
    Page page(String accept) throws IOException {
        now = vitals.get();
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out, registry.scrape());
        return new Page(writer.getContentType(), out.toByteArray());
    }
}
