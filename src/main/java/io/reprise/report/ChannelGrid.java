package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A circuit of channels: a row for each head's queries, keys, values and output, a column for each role, members filled. MLPs,
 * which are whole, stand below. Of models with many heads only those with a member are shown.
 */
final class ChannelGrid {
    private static final double LEFT = 66;
    private static final double TOP = 4;
    private static final double ROW = 15;
    private static final double BETWEEN = 7;
    private static final double MOST_CELL = 40;
    private static final int ALL_HEADS = 16;
    private static final int NAME_LIMIT = 14;

    private static final int EMPTY = 0xf1f3f5;
    private static final int MEMBER = 0x31688e;
    private static final Lettering NAME = new Lettering(11, Anchor.END, Picture.INK, false);
    private static final Lettering SMALL = new Lettering(10, Anchor.MIDDLE, Picture.MUTED, false);

    private final Circuit circuit;
    private final List<String> roles;
    private final List<Unit.Head> heads = new ArrayList<>();
    private final List<Unit> mlps;
    private final boolean fewer;
    private final double cell;
    private final boolean turned;
    private final double feet;

    private ChannelGrid(Circuit circuit) {
        this.circuit = circuit;
        Set<String> found = new LinkedHashSet<>();
        Set<Unit.Head> all = new LinkedHashSet<>();
        Set<Unit.Head> used = new LinkedHashSet<>();
        for (Unit unit : circuit.universe().units()) {
            if (unit instanceof Unit.Channel channel) {
                found.add(channel.role());
                all.add(head(channel));
                if (circuit.units().contains(unit)) {
                    used.add(head(channel));
                }
            }
        }
        roles = List.copyOf(found);
        heads.addAll(all.size() > ALL_HEADS ? used : all);
        fewer = heads.size() < all.size();
        mlps = circuit.universe().units().stream()
                .filter(Unit.Mlp.class::isInstance)
                .toList();
        cell = Math.min(MOST_CELL, (Heatmap.WIDTH - LEFT - 8) / Math.max(1, roles.size()));
        int longest = roles.stream()
                .mapToInt(role -> Math.min(NAME_LIMIT, role.length()))
                .max()
                .orElse(0);
        turned = longest * 6.2 + 4 > cell;
        feet = turned ? longest * 6.2 + 10 : 18;
    }

    /** @throws IllegalArgumentException if the circuit is one of other units */
    static Picture draw(String id, Circuit circuit) {
        if (circuit.universe().kind() != Universe.Kind.CHANNELS) {
            throw new IllegalArgumentException(circuit.name() + " is a circuit of "
                    + circuit.universe().kind().key() + "; expected channels");
        }
        ChannelGrid grid = new ChannelGrid(circuit);
        return Picture.drawn(
                id,
                circuit.name(),
                circuit.size() + " of " + circuit.universe().size()
                        + " channels, filled: a head's queries (q), keys (k), values (v) and output (z) at positions of a role,"
                        + " and whole MLPs."
                        + (grid.fewer ? " Heads without a member are left out." : ""),
                "Circuit of "
                        + circuit.units().stream().limit(40).map(Unit::name).collect(Collectors.joining(", "))
                        + (circuit.size() > 40 ? " and " + (circuit.size() - 40) + " more." : "."),
                (int) Math.ceil(Math.max(220, LEFT + grid.roles.size() * grid.cell + 8)),
                (int) Math.ceil(grid.bottom() + grid.feet + grid.mlpHeight() + 6),
                grid::paint);
    }

    private static Unit.Head head(Unit.Channel channel) {
        return new Unit.Head(channel.layer(), channel.head());
    }

    private double y(int head) {
        return TOP + head * (Port.values().length * ROW + BETWEEN);
    }

    private double bottom() {
        return y(heads.size()) - (heads.isEmpty() ? 0 : BETWEEN);
    }

    private double mlpHeight() {
        return mlps.isEmpty() ? 0 : mlps.size() * (ROW + 2) + 4;
    }

    private void paint(Canvas canvas) {
        for (int i = 0; i < heads.size(); i++) {
            Unit.Head head = heads.get(i);
            canvas.text(LEFT - 20, y(i) + 2 * ROW + 4, head.name(), NAME);
            for (Port port : Port.values()) {
                double y = y(i) + port.ordinal() * ROW;
                canvas.text(LEFT - 9, y + ROW - 4, port.key(), SMALL);
                for (int role = 0; role < roles.size(); role++) {
                    Unit unit = new Unit.Channel(head.layer(), head.head(), port, roles.get(role));
                    box(canvas, LEFT + role * cell, y, cell - 1.5, unit);
                }
            }
        }
        for (int role = 0; role < roles.size(); role++) {
            double x = LEFT + (role + 0.5) * cell;
            String name = Words.shorten(roles.get(role), NAME_LIMIT);
            if (turned) {
                canvas.text(
                        x + 3.5, bottom() + 5, name, SMALL.anchored(Anchor.END).turned());
            } else {
                canvas.text(x, bottom() + 13, name, SMALL);
            }
        }
        double y = bottom() + feet;
        for (Unit mlp : mlps) {
            canvas.text(LEFT - 9, y + ROW - 4, "MLP " + mlp.layer(), NAME);
            box(canvas, LEFT, y, Math.max(cell, roles.size() * cell) - 1.5, mlp);
            y += ROW + 2;
        }
    }

    private void box(Canvas canvas, double x, double y, double width, Unit unit) {
        boolean member = circuit.units().contains(unit);
        canvas.rect(
                x,
                y,
                width,
                ROW - 1.5,
                member ? MEMBER : EMPTY,
                Optional.of(unit.name() + (member ? ": in the circuit" : ": not in the circuit")));
    }
}
