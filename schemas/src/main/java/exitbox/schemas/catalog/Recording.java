package exitbox.schemas.catalog;

import exitbox.schemas.contract.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where things stand in a recording's folder:
///
///     exits/host=web1/date=2026-11-20/20261120T031200Z-000042.parquet
///     catalog/host=web1.jsonl
///     catalog/host=web1.sha256
///     spool/host=web1/000043.spool
public record Recording(Path dir) {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern SPOOL = Pattern.compile("(\\d{6,18})\\.spool");
    private static final Pattern SEGMENT = Pattern.compile("\\d{8}T\\d{6}Z-(\\d{6,18})\\.parquet");

    /// The path of a segment, below [#dir]: its day and stamp are its first row's.
    public static String segment(Table table, String host, long firstMicros, long spoolNumber) {
        Instant first = Instant.ofEpochSecond(Math.floorDiv(firstMicros, 1_000_000L));
        return table.sqlName() + "/" + hostFolder(host) + "/date=" + first.atOffset(ZoneOffset.UTC).toLocalDate() + "/"
                + STAMP.format(first) + "-" + number(spoolNumber) + ".parquet";
    }

    public Path catalog(String host) {
        return catalogFolder().resolve(hostFolder(host) + ".jsonl");
    }

    /// The sums of a host's segments, for sha256sum.
    public Path sums(String host) {
        return catalogFolder().resolve(hostFolder(host) + ".sha256");
    }

    public Path catalogFolder() {
        return dir.resolve("catalog");
    }

    public Path spoolFolder() {
        return dir.resolve("spool");
    }

    public Path spoolFolder(String host) {
        return spoolFolder().resolve(hostFolder(host));
    }

    public Path spool(String host, long number) {
        return spoolFolder(host).resolve(number(number) + ".spool");
    }

    /// The number of a spool's file name, or -1 when it is no spool's.
    public static long spoolNumber(Path path) {
        return number(SPOOL, path);
    }

    /// The number of the spool that a segment was made of, or -1 when the name is no segment's.
    public static long segmentNumber(Path path) {
        return number(SEGMENT, path);
    }

    private static long number(Pattern pattern, Path path) {
        Matcher matcher = pattern.matcher(path.getFileName().toString());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    /// `host=NAME`; what does not belong into a folder's name is percent-encoded, and a name that
    /// looks like a number gets `h-` before it, or Spark would read 007 as 7. No two hosts have the same folder.
    public static String hostFolder(String host) {
        StringBuilder folder = new StringBuilder("host=");
        if (host.matches("(h-)*[-+.0-9eE_]*")) {
            folder.append("h-");
        }
        for (byte b : host.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || (c == '.' && folder.length() > 5))) {
                folder.append(c);
            } else {
                folder.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return folder.toString();
    }
}
