using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>
/// <c>{% for target in items if condition %} … {% else %} … {% endfor %}</c>. The condition picks before the loop begins,
/// so <c>loop</c> counts what was picked. Names set within are gone after each round.
/// </summary>
internal sealed class For(int offset, Assignable target, Expression items, Expression? condition, Block body, Block? otherwise) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        object? value = items.Evaluate(rendering, scope);
        rendering.Step(Offset);
        // A copy: the body may change the list.
        List<object?> list = Picked(rendering, scope, value);
        if (list.Count == 0)
            return otherwise?.Execute(rendering, scope) ?? Flow.Next;
        var loop = new LoopValue(list);
        for (int i = 0; i < list.Count; i++)
        {
            rendering.Step(Offset);
            loop.Index = i;
            var round = new Scope(scope);
            round.Set("loop", loop);
            target.Assign(rendering, round, list[i]);
            if (body.Execute(rendering, round) == Flow.Break)
                break;
        }
        return Flow.Next;
    }

    private List<object?> Picked(Rendering rendering, Scope scope, object? value)
    {
        List<object?> all = Iteration.Of(rendering, value);
        if (condition is null)
            return [.. all];
        var picked = new List<object?>();
        for (int i = 0; i < all.Count; i++)
        {
            rendering.Step(Offset);
            var round = new Scope(scope);
            target.Assign(rendering, round, all[i]);
            if (Value.IsTrue(condition.Evaluate(rendering, round)))
                picked.Add(all[i]);
        }
        return picked;
    }
}
