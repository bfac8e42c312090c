package dev.weft.backend.cuda.host;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The process that runs kernels. It does one thing at a time, and ends at the first thing that a kernel does wrong. */
final class Worker implements AutoCloseable {

    /** What can be asked, as the worker numbers it. */
    enum Request {
        LOAD,
        UNLOAD,
        FIND,
        LAUNCH,
        MULTIPLY,
        OPEN_MEMORY,
        CLOSE_MEMORY,
        TRY
    }

    /**
     * @param value a handle, or the address that a kernel must not use, or 0
     * @param sentence what is wrong; empty if nothing is
     */
    record Answer(long value, String sentence) {}

    private static final int HEAD = 8;
    private static final int ANSWER_HEAD = 12;

    private final Process process;
    private final int memoryFile;
    private String wrong = "";

    Worker(Path program, long memorySpace, long sharedBytes, Order order, Duration limit) {
        List<Long> numbers =
                List.of(memorySpace, sharedBytes, (long) order.kind().ordinal(), order.seed(), limit.toMillis());
        List<String> command = new ArrayList<>(List.of(program.toString()));
        numbers.forEach(number -> command.add(Long.toString(number)));
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new MachineException("host device: its worker cannot be started: " + e.getMessage(), e);
        }
        Answer started = answer();
        if (!started.sentence().isEmpty()) {
            throw new MachineException(started.sentence());
        }
        memoryFile = (int) started.value();
    }

    /** The file of device and pinned memory, in this process. */
    MemorySegment memory(long bytes, Arena arena) {
        Path file = Path.of("/proc/" + process.pid() + "/fd/" + memoryFile);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        } catch (IOException e) {
            throw new MachineException("host device: its memory cannot be mapped: " + e.getMessage(), e);
        }
    }

    Answer ask(Request request, long... words) {
        byte[] content = new byte[words.length * Long.BYTES];
        little(content).asLongBuffer().put(words);
        return ask(request, content);
    }

    /** Asks for something by name in something. */
    Answer ask(Request request, long in, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[Long.BYTES + text.length + 1];
        little(content).putLong(in).put(text);
        return ask(request, content);
    }

    Answer ask(Request request, byte[] content) {
        byte[] message = new byte[HEAD + content.length];
        little(message).putInt(request.ordinal()).putInt(content.length).put(content);
        try {
            process.getOutputStream().write(message);
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw lost(e);
        }
        Answer answer = answer();
        if (!answer.sentence().isEmpty()) {
            wrong = answer.sentence();
        }
        return answer;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The answer's value, where nothing is wrong. */
    static long require(Answer answer) {
        if (!answer.sentence().isEmpty()) {
            throw new DefectException(answer.sentence());
        }
        return answer.value();
    }

    private Answer answer() {
        try {
            InputStream answers = process.getInputStream();
            ByteBuffer head = little(answers.readNBytes(ANSWER_HEAD));
            if (head.remaining() < ANSWER_HEAD) {
                throw new IOException("no answer");
            }
            return new Answer(head.getLong(), new String(answers.readNBytes(head.getInt()), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Nothing can be asked any more. */
    private DefectException lost(IOException cause) {
        process.destroyForcibly();
        String why = wrong.isEmpty() ? said() : wrong;
        return new DefectException("host device: is lost since this went wrong: " + why, cause);
    }

    private String said() {
        try {
            int status = process.waitFor();
            String text = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return "its worker ended with status " + status + " " + text.strip();
        } catch (IOException e) {
            return "its worker ended";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "its worker ended";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
