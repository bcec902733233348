// The contract's order and number, written out a second time and by hand: `?` none or one, `*` any, `+` one or more.

let contractText = """
    report: batchedReport? incidentSummary internetDetails* lawEnforcement? reporter personOrUserReported* \
    intendedRecipient* victim* additionalInfo?
    incidentSummary: incidentType platform? escalateToHighPriority? reportAnnotations? incidentDateTime \
    incidentDateTimeDescription?
    reportAnnotations: sextortion? csamSolicitation? minorToMinorInteraction? spam? sadisticOnlineExploitation? \
    informational? potentialAggravatingFactors? instrumentalUse?
    internetDetails: webPageIncident? emailIncident? newsgroupIncident? chatImIncident? onlineGamingIncident? \
    cellPhoneIncident? nonInternetIncident? peer2peerIncident?
    webPageIncident: url* additionalInfo?
    emailIncident: emailAddress* content? additionalInfo?
    newsgroupIncident: name? emailAddress* content? additionalInfo?
    chatImIncident: chatClient? chatRoomName? content? additionalInfo?
    onlineGamingIncident: gameName? console? content? additionalInfo?
    cellPhoneIncident: phoneNumber? latitude? longitude? additionalInfo?
    nonInternetIncident: locationName? incidentAddress* additionalInfo?
    peer2peerIncident: client? ipCaptureEvent* fileNames? additionalInfo?
    lawEnforcement: agencyName caseNumber? officerContact? reportedToLe? servedLegalProcessDomestic? \
    servedLegalProcessInternational?
    reporter: reportingPerson contactPerson? companyTemplate? termsOfService? legalURL?
    reportingPerson: firstName? lastName? phone* email* address* age? ageAssertionDiscrepancy? dateOfBirth?
    personOrUserReportedPerson: firstName? lastName? phone* email* address* age? ageAssertionDiscrepancy? \
    dateOfBirth?
    intendedRecipientPerson: firstName? lastName? phone* email* address* age? ageAssertionDiscrepancy? dateOfBirth?
    victimPerson: firstName? lastName? phone* email* address* age? ageAssertionDiscrepancy? dateOfBirth?
    contactPerson: firstName? lastName? phone* email* address*
    officerContact: firstName? lastName? phone* email* address*
    address: address? city? zipCode? state? nonUsaState? country?
    incidentAddress: address? city? zipCode? state? nonUsaState? country?
    ipCaptureEvent: ipAddress eventName? dateTime? possibleProxy? port?
    deviceId: idType idValue eventName? dateTime?
    estimatedLocation: city? region? countryCode
    personOrUserReported: personOrUserReportedPerson? vehicleDescription? espIdentifier? espService? \
    compromisedAccount? screenName? displayName* profileUrl* profileBio? ipCaptureEvent* deviceId* \
    thirdPartyUserReported? priorCTReports* groupIdentifier? accountTemporarilyDisabled? \
    accountPermanentlyDisabled? estimatedLocation? allEmailsReported? associatedAccount* additionalInfo?
    intendedRecipient: intendedRecipientPerson? espIdentifier? espService? compromisedAccount? screenName? \
    displayName* profileUrl* profileBio? ipCaptureEvent* deviceId* priorCTReports* groupIdentifier? \
    accountTemporarilyDisabled? accountPermanentlyDisabled? estimatedLocation? allEmailsReported? additionalInfo?
    victim: victimPerson espIdentifier? espService? compromisedAccount? screenName? displayName* profileUrl* \
    profileBio? ipCaptureEvent* deviceId* schoolName? priorCTReports* accountTemporarilyDisabled? \
    accountPermanentlyDisabled? estimatedLocation? allEmailsReported? associatedAccount* additionalInfo?
    associatedAccount: platform? firstName? middleName? lastName? approximateAge? dateOfBirth? phone* email* \
    allEmailsReported? address* espService? espIdentifier? profileUrl* screenName? displayName* profileBio? \
    groupIdentifier? compromisedAccount? accountTemporarilyDisabled? accountPermanentlyDisabled? ipCaptureEvent* \
    deviceId* priorCTReport* additionalInfo?
    fileDetails: reportId fileId fileName? originalFileName? uploadedToEspTimestamp? locationOfFile? \
    fileViewedByEsp? exifViewedByEsp? publiclyAvailable? fileRelevance? potentialMeme? fileAnnotations? \
    industryClassification? originalFileHash* ipCaptureEvent? deviceId* details* additionalInfo*
    fileAnnotations: animeDrawingVirtualHentai? potentialMeme? viral? possibleSelfProduction? physicalHarm? \
    violenceGore? bestiality? liveStreaming? infant? generativeAi?
    details: nameValuePair+
    nameValuePair: name value
    """

/// The contract's lengths, by hand as well.
let contractLengths = """
    platform 256, escalateToHighPriority 3000, incidentDateTimeDescription 3000, agencyName 255, caseNumber 100
    companyTemplate -, termsOfService -, legalURL 2083, url 2083, vehicleDescription 300, espService 100
    espIdentifier 255, screenName 256, profileUrl 2083, groupIdentifier 255, schoolName 255, chatClient 255
    chatRoomName 255, gameName 255, console 255, name 255, locationName 255, client 255, idType 255, idValue 2083
    originalFileName 2056, locationOfFile 2083
    """
