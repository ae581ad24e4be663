package exitbox.schemas.rows;

import java.io.IOException;

/// Takes batches in the order of the recording; what a decoder pours into.
@FunctionalInterface
public interface RowSink {
    void accept(Batch batch) throws IOException;
}
