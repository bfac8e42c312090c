package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An open {@code .safetensors} file
 * (<a href="https://github.com/huggingface/safetensors#format">format</a>): named tensors over a memory map. What
 * {@link #tensor} gave out is unmapped by {@link #close}, which may be called twice.
 */
public final class SafeTensors implements AutoCloseable {

    private final Path path;
    private final Arena arena;
    private final SafeTensorsHeader header;
    private final MemorySegment data;

    private SafeTensors(Path path, Arena arena, SafeTensorsHeader header, MemorySegment data) {
        this.path = path;
        this.arena = arena;
        this.header = header;
        this.data = data;
    }

    /**
     * Opens {@code path} and checks all that its header claims.
     *
     * @throws UserException if the header is malformed, or its tensors do not lie side by side in exactly the file's bytes
     */
    public static SafeTensors open(Path path) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            SafeTensorsHeader header = SafeTensorsHeader.parse(path, file);
            SafeTensors result = new SafeTensors(path, arena, header, file.asSlice(header.dataStart()));
            opened = true;
            return result;
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    public Path path() {
        return path;
    }

    /** Names and types, in the order of the header. */
    public SequencedMap<String, TensorType> types() {
        LinkedHashMap<String, TensorType> types = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> types.put(name, entry.type()));
        return Collections.unmodifiableSequencedMap(types);
    }

    /** The free-form strings under {@code __metadata__}; empty if there are none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * The tensor called {@code name}, valid until {@link #close}.
     *
     * @throws UserException if the file has no such tensor
     */
    public Tensor tensor(String name) {
        SafeTensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new UserException(path + ": has no tensor " + name + "; it has "
                    + header.entries().size() + " others");
        }
        Tensor tensor = Tensor.mapped(
                entry.type(), data.asSlice(entry.begin(), entry.type().bytes()), arena);
        Sizes.requireBools(path + ": " + name, entry.type(), tensor.data());
        return tensor;
    }

    /** All tensors, valid until {@link #close}. */
    public SequencedMap<String, Tensor> tensors() {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        header.entries().keySet().forEach(name -> tensors.put(name, tensor(name)));
        return Collections.unmodifiableSequencedMap(tensors);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** Tensors that are written together; what they need is asked for when their turn comes, and given back before the next one's. */
    public interface Part {

        /** Names and types, all of one element type. */
        SequencedMap<String, TensorType> types();

        /** The tensors of {@link #types}; what is made for them lives in {@code arena}. */
        SequencedMap<String, Tensor> tensors(Arena arena);
    }

    /** Writes {@code tensors} to {@code path}, whole or not at all; the same tensors give the same bytes. */
    public static void write(Path path, SequencedMap<String, Tensor> tensors, Map<String, String> metadata) {
        List<Part> parts = new ArrayList<>();
        tensors.forEach((name, tensor) -> parts.add(new Written(name, tensor)));
        write(path, parts, metadata);
    }

    /** A tensor that is there. */
    private record Written(String name, Tensor tensor) implements Part {

        @Override
        public SequencedMap<String, TensorType> types() {
            return new LinkedHashMap<>(Map.of(name, tensor.type()));
        }

        @Override
        public SequencedMap<String, Tensor> tensors(Arena arena) {
            return new LinkedHashMap<>(Map.of(name, tensor));
        }
    }

    /** As above, one part after the other: memory holds what one of them makes. */
    public static void write(Path path, List<? extends Part> parts, Map<String, String> metadata) {
        List<Part> placed = SafeTensorsHeader.placed(parts);
        byte[] header = SafeTensorsHeader.print(placed, metadata);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        length.putLong(0, header.length);
        AtomicFiles.write(path, channel -> {
            Segments.write(channel, MemorySegment.ofArray(length.array()));
            Segments.write(channel, MemorySegment.ofArray(header));
            for (Part part : placed) {
                try (Arena arena = Arena.ofConfined()) {
                    for (Tensor tensor : part.tensors(arena).values()) {
                        Segments.write(channel, tensor.data());
                    }
                }
            }
        });
    }
}
