package dev.weft.bench.torch;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The process behind {@link PeerProcess}: reads requests on standard input, answers on standard output. */
final class PeerServer {
    private final DataInputStream requests;
    private final DataOutputStream answers;

    private PeerServer(DataInputStream requests, DataOutputStream answers) {
        this.requests = requests;
        this.answers = answers;
    }

    public static void main(String[] arguments) throws IOException {
        DataInputStream requests = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream answers =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err);
        String missing = Torch.missing().orElse("");
        answers.writeUTF(missing);
        answers.flush();
        if (missing.isEmpty()) {
            new PeerServer(requests, answers).serve();
        }
    }

    private void serve() throws IOException {
        expect(PeerProcess.Word.OPEN);
        try (TorchPeer peer = open()) {
            while (true) {
                switch (PeerProcess.Word.values()[requests.readInt()]) {
                    case OPEN -> throw new IOException("a second program: one process trains one");
                    case STEP -> step(peer);
                    case RATE -> answers.writeDouble(TorchPeer.productRate(requests.readInt(), requests.readInt()));
                    case END -> {
                        return;
                    }
                }
                answers.flush();
            }
        }
    }

    private void expect(PeerProcess.Word word) throws IOException {
        int said = requests.readInt();
        if (said != word.ordinal()) {
            throw new IOException("must begin with " + word + ", got word " + said);
        }
    }

    private TorchPeer open() throws IOException {
        TorchGpt program = new TorchGpt(requests.readInt(), requests.readInt());
        TorchPeer.Options options = new TorchPeer.Options(
                requests.readDouble(),
                requests.readDouble(),
                requests.readDouble(),
                requests.readDouble(),
                requests.readDouble());
        int count = requests.readInt();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String path = requests.readUTF();
            TensorType type = TensorType.of(ElementType.F32, Wire.longs(requests));
            weights.put(path, Tensor.of(type, Wire.doubles(requests)));
        }
        return new TorchPeer(program, weights, options);
    }

    private void step(TorchPeer peer) throws IOException {
        int[] tokens = Wire.ints(requests);
        int[] targets = Wire.ints(requests);
        int rows = requests.readInt();
        double lr = requests.readDouble();
        long start = System.nanoTime();
        double loss = peer.step(tokens, targets, rows, lr);
        answers.writeDouble(loss);
        answers.writeLong(System.nanoTime() - start);
    }
}
