package dev.weft.bench.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A run as one JSON object: what anybody needs to draw, compare or doubt it. What is not known is null. */
final class JsonReport {

    private JsonReport() {}

    static SequencedMap<String, @Nullable Object> of(
            Facts facts, Settings settings, Peaks peaks, List<Result> results) {
        SequencedMap<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("suite", settings.suite().name());
        json.put("date", facts.date());
        json.put("commit", facts.commit());
        json.put("machine", facts.machine());
        json.put("versions", facts.versions());
        json.put("repeats", settings.repeats());
        json.put("quick", settings.quick());
        SequencedMap<String, @Nullable Object> rates = new LinkedHashMap<>();
        rates.put("f32_gflops", number(peaks.f32()));
        rates.put("bf16_gflops", number(peaks.bf16()));
        rates.put("read_gbps", number(peaks.read()));
        if (Double.isFinite(peaks.copy())) {
            rates.put("copy_gbps", peaks.copy());
        }
        json.put("peaks", rates);
        json.put("results", results.stream().map(JsonReport::row).toList());
        return json;
    }

    private static Map<String, @Nullable Object> row(Result result) {
        SequencedMap<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("work", result.name());
        row.put("title", result.title());
        row.put("ours_ms", number(result.oursMillis()));
        row.put("peer", result.peer().map(SideResult::name).orElse(null));
        row.put("peer_ms", result.peer().map(peer -> peer.spread().median()).orElse(null));
        row.put(
                "ratio",
                number(result.peer().map(peer -> result.ratio(peer.name())).orElse(Double.NaN)));
        row.put("limit_ms", number(result.limitMillis()));
        row.put("limit", result.limit());
        row.put("share_of_limit", number(result.share()));
        row.put("tokens", number(result.tokens()));
        row.put("flops", number(result.flops()));
        row.put("losses_equal", result.unequal().isEmpty());
        row.put("unequal", result.unequal());
        row.put("sides", result.sides().stream().map(side -> side(result, side)).toList());
        row.put("targets", result.verdicts().stream().map(JsonReport::verdict).toList());
        return row;
    }

    private static Map<String, @Nullable Object> side(Result result, SideResult side) {
        SequencedMap<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", side.name());
        if (!side.isThere()) {
            json.put("not_available", side.unavailable());
            return json;
        }
        Spread spread = side.spread();
        json.put("version", side.version());
        json.put("ms", spread.median());
        json.put("lower_ms", spread.lower());
        json.put("upper_ms", spread.upper());
        json.put("tokens_per_second", result.tokens() > 0 ? 1e3 * result.tokens() / spread.median() : null);
        json.put("gflops", result.flops() > 0 ? result.flops() / spread.median() / 1e6 : null);
        json.put(
                "peak_resident_bytes",
                side.peakBytes().isPresent() ? side.peakBytes().getAsLong() : null);
        side.written().ifPresent(bytes -> json.put("written_bytes", bytes));
        json.put("loss", number(side.lastLoss()));
        json.put("step_ms", new ArrayList<>(side.millis()));
        json.put("losses", side.losses());
        if (!side.host().isEmpty()) {
            json.put("host_ms", side.host());
        }
        return json;
    }

    private static Map<String, @Nullable Object> verdict(Verdict verdict) {
        SequencedMap<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("what", verdict.what());
        json.put("bound", verdict.bound());
        json.put("target", verdict.target());
        json.put("value", number(verdict.value()));
        json.put("verdict", verdict.outcome().text());
        return json;
    }

    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
