package exitbox.analyzer.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Why a file or folder cannot be made, in words.
public final class Refusal {
    private Refusal() {}

    /// @param made what was to be made
    public static String of(IOException e, Path made) {
        Path parent = made.toAbsolutePath().getParent();
        return switch (e) {
            // What the kernel says in /proc and the like, where the folder is there all the same.
            case NoSuchFileException _ -> parent != null && Files.isDirectory(parent) ? "nothing can be made in " + parent
                    : "its folder does not exist";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
