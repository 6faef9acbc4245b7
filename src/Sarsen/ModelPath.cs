using Sarsen.Formats;
using Sarsen.Models;

namespace Sarsen;

/// <summary>The folder of a model: given itself, or by the run that made it.</summary>
internal static class ModelPath
{
    /// <summary>The file or folder of a language model: given itself, or by the run that made it.</summary>
    public static string OfLanguage(string path) =>
        new[] { path, Path.Combine(path, "model") }.FirstOrDefault(folder => HuggingFaceFolder.IsAt(folder) || ModelFolder.IsAt(folder)) ?? path;

    /// <exception cref="CommandException">There is no model.</exception>
    public static string Of(string path)
    {
        foreach (string folder in (string[])[path, Path.Combine(path, "model")])
        {
            if (File.Exists(Path.Combine(folder, ModelFolder.ManifestFile)))
                return folder;
        }
        throw new CommandException(File.Exists(Path.Combine(path, "run.json"))
            ? $"the run in '{path}' has not made a model yet: finish it with sarsen train --resume {path}"
            : $"there is no model in '{path}': give the folder of a model, or of the run that made it");
    }
}
