package exitbox.schemas.segment;

import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.TableContract;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/// The contract's types as Parquet has them.
final class ParquetSchema {
    private ParquetSchema() {
    }

    static MessageType of(TableContract table) {
        Types.MessageTypeBuilder message = Types.buildMessage();
        for (Column column : table.columns()) {
            Repetition repetition = column.required() ? Repetition.REQUIRED : Repetition.OPTIONAL;
            message.addField(column.list()
                    ? Types.list(repetition).element(primitive(column, Repetition.OPTIONAL, "element")).named(column.name())
                    : primitive(column, repetition, column.name()));
        }
        return message.named(table.table().sqlName());
    }

    private static org.apache.parquet.schema.Type primitive(Column column, Repetition repetition, String name) {
        return switch (column.type()) {
            case INT32 -> Types.primitive(PrimitiveTypeName.INT32, repetition).named(name);
            case INT64 -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(name);
            case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
            case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
            case BINARY -> Types.primitive(PrimitiveTypeName.BINARY, repetition).named(name);
            case STRING -> Types.primitive(PrimitiveTypeName.BINARY, repetition).as(LogicalTypeAnnotation.stringType()).named(name);
            case TIMESTAMP -> Types.primitive(PrimitiveTypeName.INT64, repetition)
                    .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS)).named(name);
        };
    }
}
