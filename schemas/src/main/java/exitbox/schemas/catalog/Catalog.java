package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The catalog of one host: lines of sealed spools and of deletions, only ever appended to. A last line without its
/// line end was being written when the machine stopped, and does not count.
public record Catalog(Path path, List<CatalogLine> lines, List<Problem> problems, long wholeBytes, String lastHash) {

    /// What is wrong with a line: `number` counts from 1; `lost` when it is therefore not among the lines.
    public record Problem(int number, String what, boolean lost) {
    }

    /// Of a host without one.
    public static final Catalog NONE = new Catalog(Path.of(""), List.of(), List.of(), 0, "");

    /// Reads a catalog; one that does not exist is empty. Damaged lines are problems, the others count; a line of a newer
    /// format is an [IOException] by a [CatalogLine.NewerFormat].
    public static Catalog read(Path path) throws IOException {
        List<CatalogLine> lines = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        CatalogText.End end = CatalogText.read(path, new CatalogText.Reader() {
            @Override
            public void line(CatalogLine line) {
                lines.add(line);
            }

            @Override
            public void problem(Problem problem) {
                problems.add(problem);
            }
        });
        return new Catalog(path, List.copyOf(lines), List.copyOf(problems), end.bytes(), end.sha256());
    }

    /// The name of the host's folders, as the file's own says.
    public String hostFolder() {
        return path.getFileName().toString().replaceFirst("\\.jsonl$", "");
    }

    /// The same without lines of other hosts, as a copy under another name has, and those that name a file again: their rows
    /// would count twice. They are problems.
    public Catalog own() {
        List<CatalogLine> own = new ArrayList<>();
        List<Problem> all = new ArrayList<>(problems);
        Set<Path> named = new HashSet<>();
        for (CatalogLine line : lines) {
            String wrong = wrong(line.entry(), named);
            if (wrong == null) {
                own.add(line);
            } else {
                all.add(new Problem(line.number(), wrong + " — left out", true));
            }
        }
        all.sort(Comparator.comparingInt(Problem::number));
        return new Catalog(path, List.copyOf(own), List.copyOf(all), wholeBytes, lastHash);
    }

    private String wrong(CatalogEntry entry, Set<Path> named) {
        if (!path.getFileName().toString().equals(Recording.hostFolder(entry.host()) + ".jsonl")) {
            return "is of host " + entry.host() + ", and this catalog is not";
        }
        return entry instanceof SealedSpool spool && !spool.files().stream().allMatch(file -> named.add(Path.of(file.path())))
                ? "names a file that stands in a line before it" : null;
    }

    /// The number of the last whole line, readable or not; 0 when there is none.
    public int lastNumber() {
        return Math.max(lines.isEmpty() ? 0 : lines.getLast().number(), problems.isEmpty() ? 0 : problems.getLast().number());
    }

    /// The sealed spools, also those whose files have been deleted since, as they were sealed.
    public List<SealedSpool> spools() {
        return lines.stream().filter(line -> line.entry() instanceof SealedSpool).map(line -> (SealedSpool) line.entry()).toList();
    }

    /// The sealed spools with those of their files that have not been deleted; spools without any are left out.
    public List<SealedSpool> standing() {
        Set<String> deleted = deleted();
        List<SealedSpool> spools = spools();
        return deleted.isEmpty() ? spools
                : spools.stream().map(spool -> spool.without(deleted)).filter(spool -> !spool.files().isEmpty()).toList();
    }

    public List<Deletion> deletions() {
        return lines.stream().filter(line -> line.entry() instanceof Deletion).map(line -> (Deletion) line.entry()).toList();
    }

    /// The files that have been deleted, relative to the recording's folder.
    public Set<String> deleted() {
        Set<String> paths = new HashSet<>();
        deletions().forEach(deletion -> paths.addAll(deletion.paths()));
        return paths;
    }

    /// Numbers of the spools that are sealed.
    public Set<Long> sealed() {
        Set<Long> numbers = new HashSet<>();
        spools().forEach(spool -> numbers.add(spool.number()));
        return numbers;
    }

    /// The same without its last line: as it was before that was written.
    public Catalog before() {
        return lines.isEmpty() ? this : new Catalog(path, lines.subList(0, lines.size() - 1), problems, wholeBytes, lastHash);
    }

    /// Whether a line was written by a contract that this program does not know all of.
    public boolean isNewer() {
        return lines.stream().anyMatch(line -> line.entry().schemaVersion() > Contract.SCHEMA_VERSION);
    }
}
