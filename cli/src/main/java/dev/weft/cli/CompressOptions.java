package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.io.WriteErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model, a file that is read and one that is written. */
final class CompressOptions {

    @Parameters(index = "0", paramLabel = "MODEL", description = "A run, a checkpoint or a Hugging Face folder.")
    Path model = Path.of("");

    @Parameters(index = "1", paramLabel = "IN", description = "The file to read.")
    Path in = Path.of("");

    @Parameters(index = "2", paramLabel = "OUT", description = "The file to write.")
    Path out = Path.of("");

    @Option(names = "--force", description = "Write over OUT if it is there.")
    boolean force;

    /** Opens the model, if the file may be written. The caller closes it. */
    LoadedModel open() {
        WriteErrors.requireNoFolder(out);
        if (!force && Files.exists(out)) {
            throw new UserException(out + ": is there already; --force writes over it");
        }
        return LoadedModel.open(model);
    }
}
