package dev.weft.backend.cuda.absent;

import dev.weft.graph.DefectException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What streams did with memory, and whether anything that one writes is used by another without either waiting for the other. What a kernel
 * does with an address is not known, so two kernels are never in each other's way.
 */
final class Hazards {

    enum Use {
        READ,
        WRITE,
        /** By a kernel, which may read or write. */
        EITHER
    }

    /** Addresses from {@code begin} to before {@code end}. */
    record Access(long begin, long end, Use use) {

        static Access read(long address, long bytes) {
            return new Access(address, address + bytes, Use.READ);
        }

        static Access write(long address, long bytes) {
            return new Access(address, address + bytes, Use.WRITE);
        }

        /** Of what a kernel is told where it is. */
        static Access either(long address) {
            return new Access(address, address + 1, Use.EITHER);
        }

        private boolean collides(Access other) {
            boolean writes = use == Use.WRITE || other.use == Use.WRITE;
            return writes && begin < other.end && other.begin < end;
        }
    }

    private final AddressSpace memory;
    /** When each stream last used what. */
    private final Map<Long, Map<Access, Long>> latest = new HashMap<>();

    Hazards(AddressSpace memory) {
        this.memory = memory;
    }

    /**
     * What a stream does next.
     *
     * @param known how much each stream has done of which this one knows that it is done
     * @param done how much this one has done, with this
     */
    void add(long stream, Map<Long, Long> known, long done, List<Access> accesses) {
        latest.forEach((other, theirs) -> {
            if (other != stream) {
                check(stream, accesses, other, theirs, known.getOrDefault(other, 0L));
            }
        });
        Map<Access, Long> own = latest.computeIfAbsent(stream, none -> new HashMap<>());
        accesses.forEach(access -> own.put(access, done));
    }

    private void check(long stream, List<Access> accesses, long other, Map<Access, Long> theirs, long known) {
        theirs.forEach((access, when) -> {
            if (when > known) {
                accesses.stream().filter(access::collides).findFirst().ifPresent(own -> {
                    throw new DefectException("streams: stream " + stream + " must wait for stream " + other
                            + " before it uses " + described(own) + ": one of the two writes it");
                });
            }
        });
    }

    /**
     * Memory that the host is about to free must be used by nothing that it does not know to be done.
     *
     * @param known how much of each stream the host knows to be done
     */
    void requireUnused(long begin, long bytes, Map<Long, Long> known) {
        Access all = Access.write(begin, Math.max(bytes, 1));
        latest.forEach((stream, theirs) -> theirs.forEach((access, when) -> {
            if (when > known.getOrDefault(stream, 0L) && access.collides(all)) {
                throw new DefectException("memory: the host must wait for stream " + stream + " before it frees "
                        + described(access) + ", which that may still use");
            }
        }));
    }

    private String described(Access access) {
        return AddressSpace.isAddress(access.begin()) ? memory.described(access.begin()) : "pinned memory";
    }

    /** All accesses, of whatever stream. */
    List<Access> accesses() {
        return latest.values().stream()
                .flatMap(theirs -> theirs.keySet().stream())
                .distinct()
                .toList();
    }

    /** What lies there is used no longer. */
    void forget(long begin, long bytes) {
        latest.values().forEach(theirs -> theirs.keySet()
                .removeIf(access -> access.begin() >= begin && access.begin() < begin + bytes));
    }
}
