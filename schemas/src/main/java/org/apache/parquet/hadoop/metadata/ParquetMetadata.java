package org.apache.parquet.hadoop.metadata;

import java.util.List;

/// Stands in for the library's class of this name, which keeps an object mapper of Jackson's to print itself as JSON. Nobody
/// prints it here, and a sixth of a recorder's memory goes to those classes. The shaded jars leave the library's
/// own class out (see pom.xml).
public final class ParquetMetadata {
    private final FileMetaData fileMetaData;
    private final List<BlockMetaData> blocks;

    public ParquetMetadata(FileMetaData fileMetaData, List<BlockMetaData> blocks) {
        this.fileMetaData = fileMetaData;
        this.blocks = blocks;
    }

    public FileMetaData getFileMetaData() {
        return fileMetaData;
    }

    public List<BlockMetaData> getBlocks() {
        return blocks;
    }
}
