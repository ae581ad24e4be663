package exitbox.schemas.layout;

/// Where one field of a record struct lies: `offset` and `size` are bytes from the record's first byte.
/// An array is one field with the size of all its elements.
public record Field(String name, int offset, int size) {}
