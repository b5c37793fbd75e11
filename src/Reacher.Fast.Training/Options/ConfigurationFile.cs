using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Options;

/// <summary>A configuration as a file, whose faults as a file are each one sentence.</summary>
internal static class ConfigurationFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>The file's text.</summary>
    /// <param name="path">A YAML file.</param>
    /// <exception cref="InputException">There is none, it is no file, it is too large, or it cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return BoundedFile.ReadText(path, LargestFile);
        }
        catch (FileTooLongException error)
        {
            throw new InputException($"'{path}' is larger than {LargestFile} bytes, so it is not a configuration; name a YAML file.", error);
        }
        catch (Exception error) when (IoFailure.Is(error) && Directory.Exists(path))
        {
            throw new InputException($"'{path}' is a folder, and a configuration is a YAML file; name one.", error);
        }
        catch (Exception error) when (IoFailure.IsMissing(error))
        {
            throw new InputException($"There is no configuration file '{path}'; 'train --print-config' prints what one may hold.", error);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The configuration file '{path}' cannot be read: {error.Message}", error);
        }
    }
}
