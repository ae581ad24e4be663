package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.recording.Folder;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.verify.Remark;
import exitbox.analyzer.verify.Verification;
import exitbox.analyzer.verify.Work;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.sign.VerificationKey;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Says whether a recording is what was recorded, and all of it.
@Command(name = "verify", description = "Proves that a recording is what was recorded, and whole.", footer = {"",
    "A finding is what is wrong: a file changed, missing, exchanged or foreign; a catalog that was touched; rows or heartbeats that are"
            + " missing and nothing says why; an end without a stop, or not sealed. A note is unusual, and explained: losses that the"
            + " recording itself counts, a recorder at work.",
    "", "Nobody can tell whether the last files were taken away together with their lines of the catalog, unless something is kept"
            + " elsewhere: the sha256 of a line (--expect). What was signed (exitbox record --seal-key) nobody can write anew, not even"
            + " root of this machine (--key). docs/verify.md tells what that proves, and what not.",
    "", "  exitbox verify                  # a line when nothing is wrong",
    "  exitbox verify -d night -q      # for cron, which mails what is printed",
    "  exitbox verify -d night --sums | (cd night && sha256sum --check --quiet)", "",
    "Exit status: 0 no findings; 65 findings; 66 no recording there; 77 it may not be read."})
final class VerifyCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--json", description = "An object per finding or note, and one that counts them.")
    private boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Prints findings only: nothing when there are none.")
    private boolean quiet;

    @Option(names = "--sums", description = "Verifies nothing: prints what the catalog says, as sha256sum --check wants it.")
    private boolean sums;

    @Option(names = "--key", paramLabel = "KEY",
            description = "Proves too that all was signed by the recorder's seal key, in its order: the key that"
                    + " exitbox seal-key new printed, or a file with it. Given again, the keys of several hosts.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--expect", paramLabel = "SHA256",
            description = "Proves too that a line of the catalog is still there, by the sha256 in it: one noted"
                    + " elsewhere, as --key says the last.")
    private String expect;

    @Option(names = "--utc", description = "Times in UTC instead of the local zone.")
    private boolean utc;

    @Mixin
    private final RecordingOption recording = new RecordingOption();

    @Mixin
    private final Common common = new Common();

    VerifyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (sums && (json || quiet || !keys.isEmpty() || expect != null)) {
            throw Failure.usage("--sums: prints sums only — leave out --json, --quiet, --key and --expect");
        }
        Console console = context.console();
        Verification.Trust trust = new Verification.Trust(keys.stream().map(key -> key(key, console)).toList(), expected());
        Path folder = Folder.find(recording.folder(), console);
        if (sums) {
            return sums(Evidence.of(folder, List.of()));
        }
        Work work = new Work(context.duckDb()::isCancelled);
        context.showProgress(work::percent);
        ZoneId zone = utc ? ZoneOffset.UTC : console.zone();
        Verification.Result result = Verification.run(folder, console, new Timestamps(zone), trust, work);
        context.inPages(common);
        TextOut out = context.out();
        Paint paint = context.paint(common);
        for (Remark remark : result.remarks()) {
            if (json && (remark.finding() || !quiet)) {
                json(out, remark);
            } else if (!json && (remark.finding() || !quiet)) {
                print(out, paint, remark);
            }
        }
        if (!quiet) {
            if (json) {
                json(out, folder, result);
            } else {
                print(out, folder, result);
            }
        }
        out.flush();
        return result.findings() > 0 ? Failure.DAMAGED : 0;
    }

    private static VerificationKey key(String key, Console console) {
        try {
            return VerificationKey.of(key, console.resolve(key));
        } catch (NoSuchFileException e) {
            throw Failure.usage("--key " + key + ": neither a key, 64 hexadecimal digits, nor a file");
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.NOT_PERMITTED, "--key " + key + ": permission denied", e);
        } catch (IOException | InvalidPathException e) {
            throw Failure.usage("--key " + key + ": " + e.getMessage());
        }
    }

    private String expected() {
        if (expect != null && !expect.matches("[0-9a-fA-F]{64}")) {
            throw Failure.usage("--expect " + expect + ": no sha256 — 64 hexadecimal digits, as they stand in a line of the catalog");
        }
        return expect == null ? null : expect.toLowerCase(Locale.ROOT);
    }

    private static void print(TextOut out, Paint paint, Remark remark) {
        paint.begin(out, remark.finding() ? Tone.KILLED : Tone.NOTE);
        out.plain(remark.finding() ? "finding: " : "note: ");
        paint.end(out);
        out.safe(remark.where()).plain(": ").safe(remark.what());
        if (remark.advice() != null) {
            out.plain(" — ").safe(remark.advice());
        }
        out.line();
    }

    private static void print(TextOut out, Path folder, Verification.Result result) {
        out.safe(folder.toString()).plain(": ").plain(result.findings() == 0 ? "no findings" : Counts.of(result.findings(), "finding"));
        out.plain(result.notes() == 0 ? "" : ", " + Counts.of(result.notes(), "note"));
        out.plain(" in ").plain(Counts.of(result.segments(), "segment")).plain(", ").plain(Counts.of(result.spools(), "spool"));
        out.plain(", ").plain(Counts.of(result.runs(), "run")).plain(", ").plain(Counts.of(result.rows(), "row"));
        out.plain(" (").plain(Counts.bytes(result.bytes())).plain(") of ");
        out.safe(result.hosts().isEmpty() ? "no host" : String.join(", ", result.hosts())).line();
    }

    private static void json(TextOut out, Remark remark) {
        out.plain("{\"type\":").json(remark.finding() ? "finding" : "note").plain(",\"kind\":").json(remark.kind());
        out.plain(",\"where\":").json(remark.where()).plain(",\"what\":").json(remark.what());
        if (remark.advice() != null) {
            out.plain(",\"advice\":").json(remark.advice());
        }
        out.plain('}').line();
    }

    private static void json(TextOut out, Path folder, Verification.Result result) {
        out.plain("{\"type\":\"summary\",\"recording\":").json(folder.toString()).plain(",\"findings\":").number(result.findings());
        out.plain(",\"notes\":").number(result.notes()).plain(",\"segments\":").number(result.segments());
        out.plain(",\"spools\":").number(result.spools()).plain(",\"runs\":").number(result.runs());
        out.plain(",\"rows\":").number(result.rows()).plain(",\"bytes\":").number(result.bytes()).plain(",\"hosts\":[");
        String comma = "";
        for (String host : result.hosts()) {
            out.plain(comma).json(host);
            comma = ",";
        }
        out.plain("]}").line();
    }

    private int sums(Evidence evidence) {
        TextOut out = context.out();
        for (SealedSpool spool : evidence.sealed()) {
            for (SegmentFile file : spool.files()) {
                out.plain(file.sha256()).plain("  ").safe(file.path()).line();
            }
        }
        out.flush();
        TextOut err = context.err();
        evidence.problems().forEach(problem -> err.plain("note: ").safe(problem.what()).line());
        err.flush();
        return evidence.problems().isEmpty() ? 0 : Failure.DAMAGED;
    }
}
