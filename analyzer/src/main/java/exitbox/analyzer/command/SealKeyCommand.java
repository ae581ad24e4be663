package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Refusal;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.sign.VerificationKey;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Makes the key that `exitbox record --seal-key` signs with, or tells how far it is.
@Command(name = "seal-key", description = "Makes a key that the recorder signs its catalog with.", footer = {"",
    "new FILE   makes the key, readable by you alone, and prints the key to verify with. Keep that one elsewhere: written down, or on"
            + " another machine. What it is worth rests on that.",
    "show FILE  prints the epoch that FILE is at (one for each signed line so far), and the public key of that epoch.",
    "", "  sudo exitbox seal-key new /etc/exitbox.key", "  sudo exitbox record --seal-key /etc/exitbox.key",
    "  exitbox verify --key 2f6c…              # anywhere, on a copy say", "",
    "Exit status: 0 done; 2 FILE exists, or is no seal key; 73 it cannot be made; 77 it may not be read."})
final class SealKeyCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "new|show", description = "What to do.")
    private String action;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file of the key.")
    private String file;

    @Mixin
    private final Common common = new Common();

    SealKeyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Path path = context.console().resolve(file);
        switch (action) {
            case "new" -> make(path);
            case "show" -> show(path);
            default -> throw Failure.usage("seal-key " + action + ": there are new and show — see: exitbox help seal-key");
        }
        context.out().flush();
        return 0;
    }

    private void make(Path path) {
        try {
            VerificationKey key = SealKey.create(path);
            context.out().plain(key.hex()).line();
            context.err()
                    .plain("Keep this key elsewhere, out of this machine's reach: exitbox verify --key proves with it what was signed by ")
                    .safe(path.toString()).plain(".").line();
            context.err().flush();
        } catch (FileAlreadyExistsException e) {
            throw new Failure(Failure.USAGE,
                    "seal-key new " + path + ": exists — a key that signs a recording must not be replaced; choose another name", e);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot make " + path + ": " + Refusal.of(e, path), e);
        }
    }

    private void show(Path path) {
        try {
            SealKey.State key = SealKey.state(path);
            context.out().plain("epoch ").number(key.epoch()).plain(", public key ").plain(key.verificationKey().hex()).line();
        } catch (NoSuchFileException e) {
            throw new Failure(Failure.USAGE, "seal-key show " + path + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.NOT_PERMITTED, "cannot read " + path + ": permission denied — use sudo", e);
        } catch (IOException e) {
            throw new Failure(Failure.USAGE, "seal-key show " + path + ": " + Refusal.of(e, path), e);
        }
    }
}
