"""PCRE's patterns, as SecLang's rules have them, in linear time: read, spelled for two engines, walked where neither can."""

from edgeguard.waf.pcre.compiled import Pcre, Translation, compile_pcre

__all__ = ["Pcre", "Translation", "compile_pcre"]
