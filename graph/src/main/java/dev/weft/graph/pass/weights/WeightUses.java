package dev.weft.graph.pass.weights;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Gather;
import dev.weft.graph.type.ElementType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** How the entries of a program read its params, and which of them may be held in fewer bits. */
final class WeightUses {

    private final Program program;
    private final WeightType type;
    private final SequencedMap<String, HeldMatrix> held = new LinkedHashMap<>();
    private final SequencedMap<String, String> reasons = new LinkedHashMap<>();

    /** What was found of one param: the axes that products sum over, whether rows are looked up, and who else reads it. */
    private static final class Found {
        final Set<Integer> summed = new LinkedHashSet<>();
        boolean isTable;
        String other = "";
    }

    WeightUses(Program program, WeightType type) {
        this.program = program;
        this.type = type;
        Map<String, Found> found = new LinkedHashMap<>();
        for (Entry entry : program.entries()) {
            look(entry, found);
        }
        for (Stored stored : program.stored()) {
            if (stored.role() == Stored.Role.PARAM) {
                decide(stored, found.getOrDefault(stored.name(), new Found()));
            }
        }
    }

    /** What takes the place of params, by path. */
    SequencedMap<String, HeldMatrix> held() {
        return held;
    }

    /** Why the other params stay as they are, by path. */
    SequencedMap<String, String> reasons() {
        return reasons;
    }

    private void look(Entry entry, Map<String, Found> found) {
        Graph graph = program.body(entry);
        Map<Value, List<Value>> users = graph.users();
        for (int i = 0; i < entry.reads().size(); i++) {
            Value parameter = graph.parameters().get(i);
            Found of = found.computeIfAbsent(entry.reads().get(i), name -> new Found());
            for (Value user : users.getOrDefault(parameter, List.of())) {
                look(parameter, user, of);
            }
            if (graph.results().contains(parameter)) {
                of.other = "a result";
            }
        }
    }

    private static void look(Value parameter, Value user, Found found) {
        switch (user.op()) {
            case DotGeneral dot
            when dot.element() == ElementType.F32 && dot.x() != dot.y() -> {
                boolean left = dot.x() == parameter;
                List<Integer> contract = left ? dot.xContract() : dot.yContract();
                if (contract.size() == 1 && dot.xBatch().isEmpty()) {
                    found.summed.add(contract.getFirst());
                } else {
                    found.other = user.op().mnemonic() + " in a way that is no product of matrices";
                }
            }
            case Gather gather when gather.table() == parameter -> found.isTable = true;
            default -> found.other = user.op().mnemonic();
        }
    }

    private void decide(Stored param, Found found) {
        String reason = reason(param, found);
        if (reason.isEmpty()) {
            int axis = found.summed.isEmpty() ? 1 : found.summed.iterator().next();
            HeldMatrix matrix = HeldMatrix.of(param, type, axis);
            if (matrix.bytes() < param.type().bytes()) {
                held.put(param.name(), matrix);
                return;
            }
            reason = "it would take %,d bytes in place of %,d"
                    .formatted(matrix.bytes(), param.type().bytes());
        }
        reasons.put(param.name(), reason);
    }

    private static String reason(Stored param, Found found) {
        if (param.type().element() != ElementType.F32 || param.type().rank() != 2) {
            return "it is no matrix in f32 but " + param.type();
        }
        if (!found.other.isEmpty()) {
            return "it is read by " + found.other;
        }
        if (found.summed.size() > 1) {
            return "products sum over both of its axes";
        }
        if (found.isTable && found.summed.contains(0)) {
            return "products sum over the axis in which rows are looked up";
        }
        return found.isTable || !found.summed.isEmpty() ? "" : "no entry reads it";
    }
}
