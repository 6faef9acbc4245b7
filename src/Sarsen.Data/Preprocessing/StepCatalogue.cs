using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Formats;

namespace Sarsen.Data.Preprocessing;

/// <summary>Every step there is; a new one is one more line.</summary>
public static class StepCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } =
    [
        new("cast", typeof(CastStep)),
        new("center_crop", typeof(CenterCropStep)),
        new("drop_columns", typeof(DropColumnsStep)),
        new("drop_duplicates", typeof(DropDuplicatesStep)),
        new("drop_missing", typeof(DropMissingStep)),
        new("drop_outliers", typeof(DropOutliersStep)),
        new("impute", typeof(ImputeStep)),
        new("log", typeof(LogStep)),
        new("min_max_scale", typeof(MinMaxScaleStep)),
        new("normalize", typeof(NormalizeStep)),
        new("one_hot", typeof(OneHotStep)),
        new("ordinal", typeof(OrdinalStep)),
        new("pad", typeof(PadStep)),
        new("random_crop", typeof(RandomCropStep)),
        new("random_flip", typeof(RandomFlipStep)),
        new("reshape", typeof(ReshapeStep)),
        new("resize", typeof(ResizeStep)),
        new("standard_scale", typeof(StandardScaleStep)),
        new("token_windows", typeof(TokenWindowsStep)),
        new("tokenize", typeof(TokenizeStep)),
        new("window", typeof(WindowStep)),
    ];
}
