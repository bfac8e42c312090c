package dev.weft.cli;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.compress.Compressor;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A compressed file as it was. */
@Command(
        name = "decompress",
        description = "Restore what weft compress wrote, with the model that it was compressed with.",
        footer = {"", "Example: weft decompress runs/gpt-1 my.weftz my.txt"})
final class DecompressCommand extends Action {

    @Mixin
    final CompressOptions files = new CompressOptions();

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    DecompressCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (LoadedModel model = files.open();
                Weft weft = machine.open(weights.type());
                Compressor compressor = new Compressor(weft, model, done -> progress("%,d tokens".formatted(done)))) {
            long bytes = compressor.decompress(files.in, files.out);
            result(Map.of("bytes_out", bytes), to -> to.printf("%s: %,d bytes, as they were%n", files.out, bytes));
        }
        return ExitCode.DONE;
    }
}
