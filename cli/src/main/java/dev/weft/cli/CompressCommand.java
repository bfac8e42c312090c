package dev.weft.cli;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.compress.Compression;
import dev.weft.models.compress.Compressor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A file in as few bytes as a model needs. */
@Command(
        name = "compress",
        description =
                "Compress a file without loss: what the model expects costs few bits. Only the same model restores it.",
        footer = {"", "Example: weft compress runs/gpt-1 my.txt my.weftz"})
final class CompressCommand extends Action {

    private static final int MOST_LANES = 4096;

    @Mixin
    final CompressOptions files = new CompressOptions();

    @Option(
            names = "--lanes",
            paramLabel = "N",
            description =
                    "Parts that are read side by side: more are faster and take a little more room. By size if not given.")
    @Nullable
    Integer lanes;

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    CompressCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (lanes != null && (lanes < 1 || lanes > MOST_LANES)) {
            throw refused("--lanes: must be from 1 to %d, got %d".formatted(MOST_LANES, lanes));
        }
        try (LoadedModel model = files.open();
                Weft weft = machine.open(weights.type());
                Compressor compressor = new Compressor(weft, model, done -> progress("%,d tokens".formatted(done)))) {
            Compression done = compressor.compress(
                    files.in, files.out, lanes == null ? OptionalInt.empty() : OptionalInt.of(lanes));
            report(done, model);
        }
        return ExitCode.DONE;
    }

    private void report(Compression done, LoadedModel model) {
        long modelBytes = model.parameters().values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bytes_in", done.bytes());
        json.put("bytes_out", done.file().length);
        json.put("bits_per_byte", done.bitsPerByte());
        json.put("tokens", done.tokens());
        json.put("code_bytes", done.codeBytes());
        json.put("ideal_bits", done.idealBits());
        json.put("deflated_bytes", done.deflated());
        json.put("model_bytes", modelBytes);
        result(json, to -> {
            to.printf(
                    "%s: %,d bytes from %,d, %.4f bits a byte%n",
                    files.out, done.file().length, done.bytes(), done.bitsPerByte());
            if (done.tokens() > 0) {
                to.printf(
                        "%,d tokens in %,d bytes; the model's own bits are %,.1f bytes; it has %,d bytes itself%n",
                        done.tokens(), done.codeBytes(), done.idealBits() / Byte.SIZE, modelBytes);
            }
            if (done.deflated() > 0) {
                to.printf(
                        "%,d bytes are no text of the tokenizer's, or cheaper without it, and were deflated%n",
                        done.deflated());
            }
        });
        note("next: ./weft decompress %s %s FILE%s".formatted(files.model, files.out, arithmetic()));
    }

    /** The options without which the file would be refused. */
    private String arithmetic() {
        StringBuilder options = new StringBuilder();
        if (weights.areHeld()) {
            options.append(" --weights ").append(weights.weights);
        }
        if (machine.precision != null) {
            options.append(" --precision ").append(machine.precision);
        }
        if (machine.backend != null) {
            options.append(" --backend ").append(machine.backend);
        }
        return options.toString();
    }
}
