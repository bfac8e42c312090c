package dev.weft.models.exchange;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of a foreign folder.
 *
 * @param run the new run
 * @param program the program that computes the model
 * @param tensors tensors of the program that were written
 * @param parameters numbers in them
 * @param bytes that they take
 * @param copies names of foreign tensors that equal others, which the program uses in their place
 * @param ignored names of foreign tensors that the program does not need
 * @param tokenizer what the tokenizer is, or why there is none that Weft can use
 */
public record ImportReport(
        Path run,
        String program,
        int tensors,
        long parameters,
        long bytes,
        List<String> copies,
        List<String> ignored,
        String tokenizer) {

    public ImportReport {
        copies = List.copyOf(copies);
        ignored = List.copyOf(ignored);
    }
}
