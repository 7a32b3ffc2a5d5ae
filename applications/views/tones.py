"""Colours of states that no model stores."""

from applications.enums import SignatureState

TONE_OF_SIGNATURE = {
    SignatureState.NOT_ASKED: "plain",
    SignatureState.ASKED: "info",
    SignatureState.SIGNED: "good",
    SignatureState.LAPSED: "warn",
    SignatureState.OBJECTED: "bad",
}
