package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.nativelib.DriverDevice;
import dev.weft.backend.cuda.nativelib.Libraries;
import dev.weft.graph.MachineException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes every {@link CallCheck} on the machine's GPU. A process of its own: a line for each kind of call that does something else, then one
 * that says how many do what they say; it ends with 1 if one does not, with 3 if there is no GPU.
 */
public final class CheckCalls {

    private CheckCalls() {}

    /** @param arguments none */
    public static void main(String[] arguments) {
        System.exit(run());
    }

    private static int run() {
        List<String> wrong = new ArrayList<>();
        String name = "";
        String kernels = "";
        try {
            for (CallCheck check : CallCheck.all()) {
                try (Device device = DriverDevice.open(Libraries.installed(), 0)) {
                    name = device.facts().name();
                    String sentence = check.wrong(device);
                    if (!sentence.isEmpty()) {
                        wrong.add(sentence);
                    }
                }
            }
            try (Device device = DriverDevice.open(Libraries.installed(), 0)) {
                kernels = EpilogueCheck.notOffered(device);
            }
        } catch (MachineException lack) {
            System.err.println(lack.getMessage());
            return 3;
        }
        wrong.forEach(System.out::println);
        int all = CallCheck.all().size();
        System.out.printf(
                "%s: %d of %d kinds of calls do what they say%s%s%n",
                name,
                all - wrong.size(),
                all,
                wrong.isEmpty() ? "" : "; " + String.join("; ", wrong),
                kernels.isEmpty() ? "" : "; kernels stand in for " + kernels);
        return wrong.isEmpty() ? 0 : 1;
    }
}
