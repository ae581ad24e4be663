package exitbox.schemas.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import exitbox.schemas.contract.TableContract;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/// Which row groups of a file are whole that was changed since it was sealed. Parquet has no checksum over its footer; but
/// that names each column twice, and each column ends where the next one begins, so a bit of it that flips contradicts others.
final class GroupCheck {
    private final Path path;
    private final List<SchemaElement> schema;
    private final List<Leaf> leaves = new ArrayList<>();
    private final boolean fits;

    /// A column as it is stored, with its levels.
    private record Leaf(List<String> path, String type, int definition, int repetition) {
        static Leaf of(ColumnDescriptor column) {
            PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
            return new Leaf(List.of(column.getPath()), type == PrimitiveTypeName.BINARY ? "BYTE_ARRAY" : type.name(),
                    column.getMaxDefinitionLevel(), column.getMaxRepetitionLevel());
        }

        boolean isRequired() {
            return definition == 0;
        }
    }

    GroupCheck(TableContract table, Path path, FileMetaData footer) {
        this.path = path;
        this.schema = footer.getSchema();
        int next = 1;
        for (int i = 0; i < schema.getFirst().getNum_children(); i++) {
            next = leaves(next, List.of(), 0, 0);
        }
        List<Leaf> known = ParquetSchema.of(table).getColumns().stream().map(Leaf::of).toList();
        // An older version's file lacks columns that were added later.
        this.fits = leaves.equals(known.stream().filter(leaves::contains).toList())
                && leaves.containsAll(known.stream().filter(Leaf::isRequired).toList());
    }

    private int leaves(int at, List<String> above, int definition, int repetition) {
        SchemaElement element = schema.get(at);
        List<String> name = Stream.concat(above.stream(), Stream.of(element.getName())).toList();
        int d = definition + (element.getRepetition_type() == FieldRepetitionType.REQUIRED ? 0 : 1);
        int r = repetition + (element.getRepetition_type() == FieldRepetitionType.REPEATED ? 1 : 0);
        if (element.isSetType()) {
            leaves.add(new Leaf(name, element.getType().name(), d, r));
        }
        int next = at + 1;
        for (int i = 0; i < element.getNum_children(); i++) {
            next = leaves(next, name, d, r);
        }
        return next;
    }

    /// An [IOException] says what is wrong with a group that is not whole.
    void check(RowGroup group, RandomAccessFile file, ZstdDecompressCtx zstd) throws IOException {
        if (!fits || group.getColumnsSize() != leaves.size()) {
            throw new IOException(path + ": its footer is damaged (columns)");
        }
        long end = -1;
        for (int i = 0; i < leaves.size(); i++) {
            ColumnMetaData column = group.getColumns().get(i).getMeta_data();
            Leaf leaf = leaves.get(i);
            if (!column.getPath_in_schema().equals(leaf.path) || !column.getType().name().equals(leaf.type)
                    || i > 0 && SegmentCheck.start(column) != end) {
                throw new IOException(path + ": its footer is damaged (places of columns)");
            }
            end = SegmentCheck.start(column) + column.getTotal_compressed_size();
            SegmentCheck.check(file, path, column, group.getNum_rows(), zstd);
        }
    }
}
