package dev.weft.models;

import dev.weft.backend.spi.LoadedSession;
import dev.weft.graph.MachineException;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.Tensor;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A compiled program in a file, {@code model.weftc}: machine code for one kind of processor, with or without parameters. It is run
 * without the program's text and without a compiler.
 *
 * <p>The file is eight bytes {@code WEFTC\0\0\1}, of which the last is the version; the length of a JSON object (32 bits, big-endian)
 * and the object; the executable; the parameters, row-major, in the order in which the object names them; the CRC-32C of all that (32
 * bits). The checksum finds accidents. It is no protection: such a file is code.
 *
 * @param path where it is
 * @param backend that runs it
 * @param program what it was compiled from
 * @param entries that can be run
 * @param parameters names of those that it brings, with their bytes
 * @param executableStart where the backend's part begins, in bytes
 * @param executableBytes its length
 */
public record Artifact(
        Path path,
        String backend,
        String program,
        List<String> entries,
        SequencedMap<String, Long> parameters,
        long executableStart,
        long executableBytes) {

    /** What such a file's name ends in. */
    public static final String SUFFIX = ".weftc";

    private static final byte[] MAGIC = {'W', 'E', 'F', 'T', 'C', 0, 0};
    private static final byte VERSION = 1;
    private static final int PREFIX_BYTES = MAGIC.length + 1 + Integer.BYTES;
    private static final int MOST_HEADER_BYTES = 64 << 20;
    private static final int CHUNK = 1 << 20;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public Artifact {
        entries = List.copyOf(entries);
    }

    /** Whether a name is that of such a file. */
    public static boolean isNamed(String file) {
        return file.endsWith(SUFFIX);
    }

    /**
     * Writes a model's program; whole or not at all.
     *
     * @param program what it was compiled from
     * @param parameters to be stored with it, as {@link Model#parameters} gives them; or none
     * @throws UserException if the backend cannot keep what it compiled
     */
    public static void write(
            Path path, Weft weft, Model model, String program, List<String> entries, Map<String, Tensor> parameters) {
        byte[] executable = model.executable()
                .orElseThrow(() -> new UserException("%s: backend %s cannot keep what it compiled; choose --backend cpu"
                        .formatted(path, weft.backendName())));
        SequencedMap<String, Object> header = new LinkedHashMap<>();
        SequencedMap<String, Object> sizes = new LinkedHashMap<>();
        parameters.forEach((name, tensor) -> sizes.put(name, tensor.data().byteSize()));
        header.put("backend", weft.backendName());
        header.put("program", program);
        header.put("entries", entries);
        header.put("executable_bytes", executable.length);
        header.put("parameters", sizes);
        byte[] json = Json.line(header).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(path, channel -> {
            OutputStream file = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK);
            CheckedOutputStream sum = new CheckedOutputStream(file, new CRC32C());
            DataOutputStream out = new DataOutputStream(sum);
            out.write(MAGIC);
            out.write(VERSION);
            out.writeInt(json.length);
            out.write(json);
            out.write(executable);
            for (Tensor tensor : parameters.values()) {
                copy(tensor.data(), out);
            }
            out.writeInt((int) sum.getChecksum().getValue());
            out.flush();
        });
    }

    private static void copy(MemorySegment from, OutputStream to) throws IOException {
        for (long at = 0; at < from.byteSize(); at += CHUNK) {
            to.write(from.asSlice(at, Math.min(CHUNK, from.byteSize() - at)).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * What a file holds.
     *
     * @throws UserException if it is none, of another version, cut or altered
     */
    public static Artifact read(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return parse(path, map(path, arena));
        }
    }

    private static MemorySegment map(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException absent) {
            throw new UserException(
                    path + ": there is no such file; weft compile PROGRAM --entry NAME -o FILE.weftc makes one",
                    absent);
        } catch (IOException failure) {
            throw Files.isDirectory(path)
                    ? new UserException(path + ": must be a file that weft compile -o wrote, is a folder", failure)
                    : new MachineException(path + ": cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static Artifact parse(Path path, MemorySegment file) {
        boolean ours = file.byteSize() >= PREFIX_BYTES + Integer.BYTES
                && Arrays.equals(file.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC);
        if (!ours) {
            throw new UserException(path + ": is no file that weft compile -o wrote");
        }
        byte version = file.get(ValueLayout.JAVA_BYTE, MAGIC.length);
        if (version != VERSION) {
            throw new UserException("%s: is of version %d, this Weft reads version %d; compile the program again"
                    .formatted(path, version, VERSION));
        }
        long content = file.byteSize() - Integer.BYTES;
        CRC32C sum = new CRC32C();
        for (long at = 0; at < content; at += CHUNK * 64L) {
            sum.update(file.asSlice(at, Math.min(CHUNK * 64L, content - at)).asByteBuffer());
        }
        if ((int) sum.getValue() != file.get(INT, content)) {
            throw damaged(path);
        }
        int length = file.get(INT, MAGIC.length + 1L);
        if (length < 0 || length > MOST_HEADER_BYTES || PREFIX_BYTES + (long) length > content) {
            throw damaged(path);
        }
        byte[] json = file.asSlice(PREFIX_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        return of(
                path,
                Json.parseObject(new String(json, StandardCharsets.UTF_8), path.toString()),
                PREFIX_BYTES + length,
                content);
    }

    private static Artifact of(Path path, Map<String, Object> header, long start, long content) {
        if (!(header.get("backend") instanceof String backend)
                || !(header.get("program") instanceof String program)
                || !(header.get("entries") instanceof List<?> entries)
                || !(header.get("executable_bytes") instanceof Number bytes)
                || !(header.get("parameters") instanceof Map<?, ?> sizes)) {
            throw damaged(path);
        }
        SequencedMap<String, Long> parameters = new LinkedHashMap<>();
        long end = start + bytes.longValue();
        for (Map.Entry<?, ?> size : sizes.entrySet()) {
            long tensor = size.getValue() instanceof Number number ? number.longValue() : -1;
            parameters.put(String.valueOf(size.getKey()), tensor);
            end = tensor < 0 ? Long.MIN_VALUE : end + tensor;
        }
        if (bytes.longValue() < 0 || end != content) {
            throw damaged(path);
        }
        return new Artifact(
                path,
                backend,
                program,
                entries.stream().map(String::valueOf).toList(),
                parameters,
                start,
                bytes.longValue());
    }

    private static UserException damaged(Path path) {
        return new UserException(
                path + ": is damaged: its checksum is not that of its content; copy or compile it again");
    }

    /**
     * A model that runs it. Its parameters are those of the file; without any they are zeros, and {@link Model#initialize} or {@link
     * Model#load} fills them.
     *
     * @throws UserException if the file changed, or is of a build of Weft that wrote other things
     * @throws MachineException if this processor lacks instructions that the code uses, or memory does not suffice
     */
    public Model load(Weft weft) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = map(path, arena);
            if (!parse(path, file).equals(this)) {
                throw new UserException(path + ": has changed while it was read");
            }
            byte[] executable = file.asSlice(executableStart, executableBytes).toArray(ValueLayout.JAVA_BYTE);
            LoadedSession loaded = session(weft, executable);
            Model model = new Model(loaded, new CompileSteps(0, 0, List.of(), true), () -> {
                throw new UserException(path + ": has no graph, only what was made of it; name the program instead");
            });
            try {
                fill(model, file);
                return model;
            } catch (RuntimeException | Error failure) {
                model.close();
                throw failure;
            }
        }
    }

    private LoadedSession session(Weft weft, byte[] executable) {
        try {
            return weft.backend().load(executable);
        } catch (UserException refused) {
            throw new UserException(path + ": " + refused.getMessage(), refused);
        } catch (MachineException refused) {
            throw new MachineException(path + ": " + refused.getMessage(), refused);
        }
    }

    private void fill(Model model, MemorySegment file) {
        if (parameters.isEmpty()) {
            return;
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, Stored> wanted = new HashMap<>();
        model.stored().forEach(stored -> wanted.put(stored.name(), stored));
        long start = executableStart + executableBytes;
        for (Map.Entry<String, Long> parameter : parameters.entrySet()) {
            Stored stored = wanted.get(parameter.getKey());
            if (stored != null && stored.type().bytes() == parameter.getValue()) {
                tensors.put(stored.name(), new Tensor(stored.type(), file.asSlice(start, parameter.getValue())));
            }
            start += parameter.getValue();
        }
        model.load(tensors);
    }
}
