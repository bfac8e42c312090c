package dev.weft.graph.plan;

/**
 * A range of bytes in one of the memories of a session.
 *
 * @param index number of the slab, of the entry's input or of its output; 0 for the arena
 * @param offset in bytes, from the start of that memory
 * @param bytes length
 */
public record Location(Area area, int index, long offset, long bytes) {

    /** Which memory. */
    public enum Area {
        SLAB,
        ARENA,
        INPUT,
        OUTPUT
    }

    public static Location slab(int slab, long offset, long bytes) {
        return new Location(Area.SLAB, slab, offset, bytes);
    }

    public static Location arena(long offset, long bytes) {
        return new Location(Area.ARENA, 0, offset, bytes);
    }

    public static Location input(int index, long bytes) {
        return new Location(Area.INPUT, index, 0, bytes);
    }

    public static Location output(int index, long bytes) {
        return new Location(Area.OUTPUT, index, 0, bytes);
    }

    /** Whether both have a byte in common. */
    public boolean overlaps(Location other) {
        return area == other.area
                && index == other.index
                && offset < other.offset + other.bytes
                && other.offset < offset + bytes;
    }
}
