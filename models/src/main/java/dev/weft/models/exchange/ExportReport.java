package dev.weft.models.exchange;

import java.nio.file.Path;
import java.util.List;

/**
 * What a model became.
 *
 * @param folder the new folder
 * @param tensors tensors that were written
 * @param bytes that they take
 * @param files names of the files beside the weights and {@code config.json}
 */
public record ExportReport(Path folder, int tensors, long bytes, List<String> files) {

    public ExportReport {
        files = List.copyOf(files);
    }
}
