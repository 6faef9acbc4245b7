using Sarsen.Data.Splits;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// One way of rows through the steps. The parts of one preparation go one after the other, training first, with one
/// <see cref="Memory"/>: a step may know what an earlier part held, never a later one.
/// </summary>
/// <param name="part">Whose rows these are.</param>
/// <param name="memory">What steps remember from part to part, by the position of the step.</param>
/// <param name="dropped">Told of rows that are dropped: the step's word and how many.</param>
internal sealed class Passage(Part part, Dictionary<Transform, object> memory, Action<string, long>? dropped = null)
{
    public Part Part => part;

    public T Memory<T>(Transform owner) where T : class, new()
    {
        if (!memory.TryGetValue(owner, out object? held))
            memory.Add(owner, held = new T());
        return (T)held;
    }

    public void Dropped(string step, long rows)
    {
        if (rows > 0)
            dropped?.Invoke(step, rows);
    }
}
