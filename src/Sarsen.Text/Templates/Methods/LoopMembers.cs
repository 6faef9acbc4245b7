using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Methods;

/// <summary>What <c>loop</c> has.</summary>
internal static class LoopMembers
{
    public static object? Find(LoopValue loop, string name) => name switch
    {
        "index" => loop.Index + 1L,
        "index0" => (long)loop.Index,
        "revindex" => (long)loop.Items.Count - loop.Index,
        "revindex0" => (long)loop.Items.Count - loop.Index - 1,
        "first" => loop.Index == 0,
        "last" => loop.Index == loop.Items.Count - 1,
        "length" => (long)loop.Items.Count,
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => loop.Index > 0 ? loop.Items[loop.Index - 1] : new Undefined(name),
        "nextitem" => loop.Index + 1 < loop.Items.Count ? loop.Items[loop.Index + 1] : new Undefined(name),
        "cycle" => new Function(name, (r, a) => Cycle(r, loop, a)),
        "changed" => new Function(name, (r, a) => Changed(r, loop, a)),
        _ => null,
    };

    private static object? Cycle(Rendering rendering, LoopValue loop, Arguments arguments) =>
        arguments.Positional.Count > 0
            ? arguments.Positional[loop.Index % arguments.Positional.Count]
            : throw rendering.Fail("loop.cycle needs at least one argument");

    private static object Changed(Rendering rendering, LoopValue loop, Arguments arguments)
    {
        var now = new ListValue(arguments.Positional, isTuple: true);
        bool changed = !loop.HasSeen || !Ordering.Equal(rendering, loop.Seen, now);
        (loop.Seen, loop.HasSeen) = (now, true);
        return changed;
    }
}
