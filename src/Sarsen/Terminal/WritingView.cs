using Sarsen.Formats;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>A model that is being written: a bar for a person, and in the end what the weights take by type.</summary>
internal static class WritingView
{
    /// <summary>Runs <paramref name="write"/>, which tells how many elements are written and how many there are.</summary>
    public static T Watch<T>(string path, Func<Action<long, long>, T> write)
    {
        if (!Screen.IsLive)
            return write((_, _) => { });
        return Screen.Console.Progress().AutoClear(true).HideCompleted(true).Start(context =>
        {
            ProgressTask bar = context.AddTask(Markup.Escape(Path.GetFileName(path)));
            return write((done, all) => (bar.MaxValue, bar.Value) = (Math.Max(1, all), done));
        });
    }

    /// <summary>What was written.</summary>
    /// <param name="path">A file or folder of weights.</param>
    /// <param name="before">Bytes that they took.</param>
    public static void Conclude(string path, long before)
    {
        ModelInspection model = ModelInspection.Of(path);
        TypeTable.Write(Screen.Console, model);
        Screen.Console.WriteLine($"{path}: {ShapeTable.Bytes(model.Bytes)} of weights, {ShapeTable.Bytes(before)} before");
    }
}
