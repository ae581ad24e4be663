package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;

/// Programs and maps that are in the kernel: put there by this process ([BpfObject]), or found there ([Pinned]).
/// Descriptors are valid until it is closed.
sealed interface Loaded extends AutoCloseable permits BpfObject, Pinned {

    int mapFd(String name);

    int programFd(String name);

    /// What the programs mean by a struct of this name.
    RecordLayout struct(String name);

    @Override
    void close();
}
