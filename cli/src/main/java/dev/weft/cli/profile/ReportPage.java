package dev.weft.cli.profile;

import dev.weft.backend.spi.Limits;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the regions of an entry cost, as one page of HTML that needs no other file: totals, the roofline as a picture, a table. */
public final class ReportPage {

    private static final String STYLE = """
            body{font:14px/1.45 system-ui,sans-serif;margin:2rem;color:#1c1c1c;background:#fff}
            h1{font-size:1.35rem;margin:0 0 .3rem}h2{font-size:1.05rem;margin:1.8rem 0 .5rem}
            table{border-collapse:collapse;font-size:12.5px}th,td{padding:3px 9px;text-align:left;border-bottom:1px solid #e6e6e6;
            vertical-align:top}th{position:sticky;top:0;background:#fff;border-bottom:2px solid #999}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}code{font:12px ui-monospace,monospace}
            .bar{background:#e8eef7;height:.8em;width:90px;display:inline-block;vertical-align:middle}
            td:last-child{white-space:nowrap}.bar i{display:block;height:100%}.contract i,.contract{--c:#2f6db3}.stream i,.stream{--c:#8a4fb0}
            .map i,.map{--c:#c7791a}.table i,.table{--c:#3f8f5b}.bar i{background:var(--c)}circle{fill:var(--c);fill-opacity:.6}
            .tag{color:var(--c);font-weight:600}svg text{font:11px system-ui,sans-serif;fill:#444}
            """;

    private ReportPage() {}

    /**
     * @param title what was compiled
     * @param roofline empty where the machine's limits are not known: then there is no prediction
     */
    public static String html(String title, List<EntryRegions> entries, Optional<Roofline> roofline) {
        StringBuilder page = new StringBuilder(
                        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(title))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n");
        roofline.ifPresent(line ->
                page.append("<p>").append(escaped(machine(line.limits()))).append("</p>\n"));
        for (EntryRegions entry : entries) {
            page.append("<h2>").append(escaped(entry.entry())).append("</h2>\n<p>");
            page.append(escaped(entry.summary(roofline))).append("</p>\n");
            roofline.ifPresent(line -> page.append(RooflineChart.svg(entry.rows(roofline), line)));
            table(page, entry, roofline);
        }
        return page.append("</body></html>\n").toString();
    }

    /** What was measured, in words. */
    public static String machine(Limits limits) {
        return String.format(
                Locale.ROOT,
                "measured on this machine: %.0f GFLOP/s in f32 products, %.0f in bf16, %.1f GB/s read",
                limits.f32Flops() / 1e9,
                limits.bf16Flops() / 1e9,
                limits.readBytes() / 1e9);
    }

    private static void table(StringBuilder page, EntryRegions entry, Optional<Roofline> roofline) {
        page.append("<table><tr>");
        for (String title : EntryRegions.TITLES) {
            page.append(EntryRegions.isNumber(title) ? "<th class=\"n\">" : "<th>")
                    .append(escaped(title))
                    .append("</th>");
        }
        page.append("<th>of the time</th></tr>\n");
        double all = entry.seconds(roofline);
        for (EntryRegions.Row row : entry.rows(roofline)) {
            page.append("<tr class=\"").append(row.region().kind()).append("\">");
            List<String> cells = row.cells();
            for (int i = 0; i < cells.size(); i++) {
                String title = EntryRegions.TITLES.get(i);
                page.append(EntryRegions.isNumber(title) ? "<td class=\"n\">" : "<td>")
                        .append(title.equals("kind") ? "<span class=\"tag\">" : "<code>")
                        .append(escaped(cells.get(i)))
                        .append(title.equals("kind") ? "</span></td>" : "</code></td>");
            }
            double share = all == 0 ? 0 : 100 * row.seconds() / all;
            page.append(String.format(
                    Locale.ROOT,
                    "<td><span class=\"bar\"><i style=\"width:%.1f%%\"></i></span> %.1f %%</td></tr>%n",
                    share,
                    share));
        }
        page.append("</table>\n");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
