package dev.weft.models;

import dev.weft.backend.spi.OutOfMemory;
import dev.weft.dsl.EntryRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/** Says of a program that does not fit into memory with how large a batch it does. */
final class FittingBatch {
    /** The size of a batch, in entries that have one. */
    private static final String BATCH = "B";

    private final List<EntryRequest> entries;
    private final Function<List<EntryRequest>, OptionalLong> bytes;

    /** @param bytes what a program with these entries needs; empty where nobody knows before it is compiled */
    FittingBatch(List<EntryRequest> entries, Function<List<EntryRequest>, OptionalLong> bytes) {
        this.entries = entries;
        this.bytes = bytes;
    }

    /** The lack, with the batch that fits if there is a batch and if that is known. */
    OutOfMemory advise(OutOfMemory lack) {
        long batch = entries.stream()
                .mapToLong(entry -> entry.sizes().getOrDefault(BATCH, 0L))
                .max()
                .orElse(0);
        if (batch <= 1) {
            return lack;
        }
        OptionalLong least = with(1);
        if (least.isEmpty()) {
            return lack;
        }
        if (least.getAsLong() > lack.availableBytes()) {
            return lack.advising("even a batch of 1 does not fit: take a smaller context or model");
        }
        return lack.advising("a batch of %d fits".formatted(largest(batch, least.getAsLong(), lack)));
    }

    /** Memory grows almost evenly with the batch, so few batches are tried between one that fits and one that does not. */
    private long largest(long tooLarge, long least, OutOfMemory lack) {
        long fits = 1;
        long fitsBytes = least;
        long not = tooLarge;
        long notBytes = lack.neededBytes();
        while (not - fits > 1) {
            double share = (double) (lack.availableBytes() - fitsBytes) / Math.max(1, notBytes - fitsBytes);
            long guess = Math.clamp(fits + (long) (share * (not - fits)), fits + 1, not - 1);
            long needed = with(guess).orElse(Long.MAX_VALUE);
            if (needed <= lack.availableBytes()) {
                fits = guess;
                fitsBytes = needed;
            } else {
                not = guess;
                notBytes = needed;
            }
        }
        return fits;
    }

    private OptionalLong with(long batch) {
        return bytes.apply(
                entries.stream().map(entry -> withBatch(entry, batch)).toList());
    }

    private static EntryRequest withBatch(EntryRequest entry, long batch) {
        Map<String, Long> sizes = new HashMap<>(entry.sizes());
        sizes.computeIfPresent(BATCH, (name, size) -> Math.min(size, batch));
        return new EntryRequest(entry.name(), entry.alias(), sizes, entry.constants(), entry.inputs());
    }
}
