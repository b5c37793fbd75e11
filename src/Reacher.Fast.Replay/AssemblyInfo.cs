using System.Runtime.CompilerServices;

// Every struct that crosses into native code or a mapped file is blittable.
[assembly: DisableRuntimeMarshalling]
